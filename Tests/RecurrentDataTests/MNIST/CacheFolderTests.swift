import RecurrentData
import Testing

struct CacheFolderTests {
  #if canImport(Darwin)
  @Test func `the cache is in the user's library`() {
    let path = CacheFolder.path(for: "mnist", environment: ["HOME": "/home/ada"])
    #expect(path == "/home/ada/Library/Caches/recurrent/mnist")
  }
  #else
  @Test(arguments: [
    (["HOME": "/home/ada"], "/home/ada/.cache/recurrent/mnist"),
    (["HOME": "/home/ada", "XDG_CACHE_HOME": "/big"], "/big/recurrent/mnist"),
    (["HOME": "/home/ada", "XDG_CACHE_HOME": ""], "/home/ada/.cache/recurrent/mnist"),
    (["HOME": "/home/ada", "XDG_CACHE_HOME": "here"], "/home/ada/.cache/recurrent/mnist"),
  ])
  func `the cache follows the XDG rules`(environment: [String: String], path: String) {
    #expect(CacheFolder.path(for: "mnist", environment: environment) == path)
  }
  #endif

  @Test func `a data set keeps its files where it is told`() {
    #expect(MNIST(.fashionMNIST, cacheFolder: "/here").cacheFolder == "/here")
    #expect(MNIST(.fashionMNIST).cacheFolder.hasSuffix("/recurrent/fashion-mnist"))
  }
}
