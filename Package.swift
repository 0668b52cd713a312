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

// Set in CI, where tests without optimisation would wait for the loops in C most of the time. No program
// that depends on this package may see such a flag.
let optimisesLoops = Context.environment["RECURRENT_OPTIMISED_LOOPS"] != nil

let package = Package(
  name: "recurrent",
  platforms: [.macOS(.v15)],
  products: [
    .library(
      name: "RecurrentLibrary",
      targets: ["Recurrent", "RecurrentData", "RecurrentReports"]
    ),
    // Apart, so that programs without it do not build swift-protobuf.
    .library(name: "RecurrentFormats", targets: ["RecurrentFormats"]),
    .executable(name: "recurrent", targets: ["RecurrentCommand"]),
    // Empty without the trait MPI.
    .library(name: "RecurrentMPI", targets: ["RecurrentMPI"]),
  ],
  traits: [
    .trait(
      name: "MPI",
      description: "Training by several processes and machines; needs Open MPI or MPICH."
    )
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // SIMD loops in C, compiled once per instruction set and chosen at run time.
    .target(
      name: "RecurrentKernels",
      cSettings: (failsOnWarnings ? [.treatAllWarnings(as: .error)] : [])
        + (optimisesLoops ? [.unsafeFlags(["-O2"])] : [])
    ),
    // Tensors, gradients, recurrent layers, training: the library people import.
    .target(
      name: "Recurrent",
      dependencies: ["RecurrentKernels"],
      swiftSettings: strict + [.strictMemorySafety()]
    ),
    // The system's zlib, for gzip and PNG.
    .systemLibrary(
      name: "CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .yum(["zlib-devel"]), .brew(["zlib"])]
    ),
    // Where examples come from: IDX files, MNIST, drawn digits, images, tables; the folders of runs.
    .target(
      name: "RecurrentData",
      dependencies: ["Recurrent", "CZlib"],
      swiftSettings: strict
    ),
    // What other programs read and write: PyTorch, Keras, TensorFlow 1, ONNX, Core ML, C, TensorBoard.
    .target(
      name: "RecurrentFormats",
      dependencies: [
        "Recurrent", "RecurrentData",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: [
        "Messages/generate", "Messages/coreml.proto", "Messages/events.proto",
        "Messages/onnx.proto",
      ],
      swiftSettings: strict
    ),
    // Pictures: SVG charts and one-file HTML pages.
    .target(
      name: "RecurrentReports",
      resources: [
        .embedInCode("Explanation/explanation.css"), .embedInCode("Explanation/explanation.js"),
      ],
      swiftSettings: strict
    ),
    // The MPI that is installed, by the name that pkg-config knows it by: Open MPI, or MPICH as "mpich".
    .systemLibrary(
      name: "CMPI",
      pkgConfig: Context.environment["RECURRENT_MPI"] ?? "ompi-c",
      providers: [.apt(["libopenmpi-dev"]), .yum(["openmpi-devel"]), .brew(["open-mpi"])]
    ),
    // Processes on one machine or many as a group that trains together. Without the trait it is empty, and
    // nobody needs MPI.
    .target(
      name: "RecurrentMPI",
      dependencies: [
        "Recurrent", .target(name: "CMPI", condition: .when(traits: ["MPI"])),
      ],
      swiftSettings: strict
    ),
    // The command, product `recurrent`.
    .executableTarget(
      name: "RecurrentCommand",
      dependencies: [
        "Recurrent", "RecurrentData", "RecurrentFormats", "RecurrentReports", "RecurrentMPI",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),

    // Small programs to read and run.
    .executableTarget(
      name: "LearnDigits",
      dependencies: ["Recurrent", "RecurrentData"],
      path: "Examples/LearnDigits",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "OwnCell",
      dependencies: ["Recurrent", "RecurrentData"],
      path: "Examples/OwnCell",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "WatchSensor",
      dependencies: ["Recurrent"],
      path: "Examples/WatchSensor",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "MatchEnds",
      dependencies: ["Recurrent"],
      path: "Examples/MatchEnds",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "GoOn",
      dependencies: ["Recurrent", "RecurrentData"],
      path: "Examples/GoOn",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "TrainTogether",
      dependencies: ["Recurrent", "RecurrentData", "RecurrentMPI"],
      path: "Examples/TrainTogether",
      swiftSettings: strict
    ),
    // The code that the documentation's articles show, run.
    .executableTarget(
      name: "Guides",
      dependencies: ["Recurrent", "RecurrentData", "RecurrentFormats", "RecurrentReports"],
      path: "Examples/Guides",
      swiftSettings: strict
    ),

    // Gradient checks, distances in ulps, seeded generators and golden files, for the tests below.
    .target(
      name: "RecurrentTestSupport",
      dependencies: ["Recurrent"],
      path: "Tests/RecurrentTestSupport",
      swiftSettings: strict
    ),
    // Models and what they answer, for other programs to load and compare.
    .executableTarget(
      name: "ExchangeCases",
      dependencies: ["Recurrent", "RecurrentData", "RecurrentFormats", "RecurrentTestSupport"],
      path: "Tests/Interoperability/ExchangeCases",
      swiftSettings: strict
    ),
    // Counts allocations in the tests of what must not allocate.
    .target(
      name: "AllocationCounter",
      path: "Tests/AllocationCounter",
      cSettings: failsOnWarnings ? [.treatAllWarnings(as: .error)] : []
    ),
    // Forbids a thread all system calls, or stops it where it stands, in tests of what may never wait.
    .target(
      name: "ThreadConfinement",
      path: "Tests/ThreadConfinement",
      cSettings: failsOnWarnings ? [.treatAllWarnings(as: .error)] : []
    ),
    .testTarget(
      name: "RecurrentKernelsTests",
      dependencies: ["Recurrent", "RecurrentKernels", "RecurrentTestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RecurrentTests",
      dependencies: [
        "Recurrent", "RecurrentData", "RecurrentTestSupport", "AllocationCounter",
        "ThreadConfinement",
      ],
      exclude: ["Goldens/Fixtures"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RecurrentDataTests",
      dependencies: ["RecurrentData", "RecurrentTestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RecurrentFormatsTests",
      dependencies: [
        "RecurrentFormats", "Recurrent", "RecurrentData", "RecurrentTestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Fixtures"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RecurrentReportsTests",
      dependencies: ["RecurrentReports", "RecurrentTestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RecurrentCommandTests",
      dependencies: ["RecurrentCommand", "Recurrent", "RecurrentData", "RecurrentTestSupport"],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)

// Set by Documentation/build-site: whoever uses or builds the library does not fetch what makes its
// pages.
if Context.environment["RECURRENT_DOCUMENTATION"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")
  )
}

// Set in CI for tests that want optimised loops: what they do not need is not compiled once more.
if Context.environment["RECURRENT_CORE_ALONE"] != nil {
  let core = [
    "RecurrentKernels", "Recurrent", "CZlib", "RecurrentData", "RecurrentTestSupport",
    "AllocationCounter", "ThreadConfinement", "RecurrentTests",
  ]
  package.targets.removeAll { !core.contains($0.name) }
  package.products = []
  package.dependencies = []
}
