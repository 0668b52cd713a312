// swift-tools-version: 6.2
import PackageDescription

// Set in CI. A newer compiler's new warnings should not keep anyone else from building.
let failsOnWarnings = Context.environment["RECURRENT_WARNINGS_AS_ERRORS"] != nil

let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + (failsOnWarnings ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
  name: "recurrent-server",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "recurrent-server", targets: ["ServerCommand"]),
    .executable(name: "recurrent-load", targets: ["LoadCommand"]),
  ],
  dependencies: [
    .package(name: "recurrent", path: ".."),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // What Hummingbird stands on, where its own types show it.
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // Routes, models, sessions, and the page.
    .target(
      name: "RecurrentServer",
      dependencies: [
        .product(name: "RecurrentLibrary", package: "recurrent"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [
        .embedInCode("Page/page.html"), .embedInCode("Page/page.css"),
        .embedInCode("Page/chart.js"), .embedInCode("Page/digits.js"),
        .embedInCode("Page/elements.js"), .embedInCode("Page/pad.js"),
        .embedInCode("Page/page.js"), .embedInCode("Page/reading.js"),
        .embedInCode("Page/series.js"), .embedInCode("Page/server.js"),
        .embedInCode("Page/signals.js"), .embedInCode("Page/table.js"),
        .embedInCode("Page/writing.js"), .embedInCode("Description/openapi.json"),
      ],
      swiftSettings: strict
    ),
    // The command, product `recurrent-server`.
    .executableTarget(
      name: "ServerCommand",
      dependencies: [
        "RecurrentServer",
        .product(name: "RecurrentLibrary", package: "recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
    // HTTP over a socket of one's own: what the tests and the load program speak with.
    .target(name: "LoopbackClient", swiftSettings: strict),
    // How much the server bears, product `recurrent-load`.
    .executableTarget(
      name: "LoadCommand",
      dependencies: [
        "LoopbackClient",
        .product(name: "RecurrentLibrary", package: "recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RecurrentServerTests",
      dependencies: [
        "RecurrentServer", "LoopbackClient", "ServerCommand",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "RecurrentLibrary", package: "recurrent"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6]
)
