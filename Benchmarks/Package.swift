// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "recurrent", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // What is timed, and the lines that driver and contenders say to each other.
    .target(name: "Workloads", swiftSettings: strict),
    // Recurrent as a contender: a process that answers with times.
    .executableTarget(
      name: "Contender",
      dependencies: ["Workloads", .product(name: "RecurrentLibrary", package: "recurrent")],
      swiftSettings: strict
    ),
    // How fast a table is read, and what that takes.
    .executableTarget(
      name: "ReadTable",
      dependencies: [.product(name: "RecurrentLibrary", package: "recurrent")],
      swiftSettings: strict
    ),
    // The driver: runs all contenders by turns and writes the results.
    .executableTarget(
      name: "Compare",
      dependencies: [
        "Workloads", "Contender",
        .product(name: "recurrent", package: "recurrent"),
        .product(name: "RecurrentLibrary", package: "recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6]
)
