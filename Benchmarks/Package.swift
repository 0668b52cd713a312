// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "recurrent", path: "..")],
  targets: [
    // The time of one training step of the notebook's model.
    .executableTarget(
      name: "TrainingStep",
      dependencies: [.product(name: "RecurrentLibrary", package: "recurrent")]
    )
  ],
  swiftLanguageModes: [.v6]
)
