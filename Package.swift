// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
/// Modules that wrap a C library say at each place why an unsafe pointer is right there.
let wrapperSettings = settings + [.strictMemorySafety()]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "leastwise",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "leastwise", targets: ["leastwise"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

        .target(
            name: "Migrations", path: "migrations",
            resources: [
                .embedInCode("v0001_observations.sql"), .embedInCode("v0002_hours.sql"),
                .embedInCode("v0003_callers.sql"), .embedInCode("v0004_create_names.sql"),
                .embedInCode("v0005_service.sql"),
            ], swiftSettings: settings),
        .target(
            name: "Templates", path: "templates",
            resources: [
                .embedInCode("pull-request-title.mustache"), .embedInCode("pull-request-body.mustache"),
                .embedInCode("commit-message.mustache"), .embedInCode("removal-title.mustache"),
                .embedInCode("removal-body.mustache"), .embedInCode("removal-message.mustache"),
            ], swiftSettings: settings),

        .target(name: "Domain", swiftSettings: settings),
        .target(name: "Decoders", dependencies: ["Domain", "CSimdjson"], swiftSettings: settings),
        .target(name: "Ingest", dependencies: ["Domain", "Decoders", "CZlib", "CZstd"], swiftSettings: settings),
        .target(
            name: "Store",
            dependencies: ["Domain", "Migrations", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift")],
            swiftSettings: settings),
        .target(name: "Inventory", dependencies: ["Domain"], swiftSettings: settings),
        .target(name: "NetworkLearner", dependencies: ["Domain"], swiftSettings: settings),
        .target(name: "RBACLearner", dependencies: ["Domain"], swiftSettings: settings),
        .target(name: "PolicyEvaluator", dependencies: ["Domain"], swiftSettings: settings),
        .target(name: "Rendering", dependencies: ["Domain"], swiftSettings: settings),
        .target(name: "Layout", dependencies: ["Domain", "Rendering", yams], swiftSettings: settings),
        .target(name: "HTTPTransport", dependencies: ["CLibcurl"], swiftSettings: wrapperSettings),
        .target(
            name: "HubbleRelay", dependencies: ["Decoders", "Domain", "HTTPTransport"], swiftSettings: settings),
        .target(
            name: "KubernetesClient", dependencies: ["Domain", "HTTPTransport", yams], swiftSettings: settings),
        .target(name: "GitWriter", dependencies: ["CLibgit2", "HTTPTransport"], swiftSettings: wrapperSettings),
        .target(name: "Forge", dependencies: ["HTTPTransport"], swiftSettings: settings),
        .target(name: "Proposals", dependencies: ["GitWriter", "Forge"], swiftSettings: settings),
        .target(name: "AppConfiguration", dependencies: ["Domain", yams], swiftSettings: settings),
        .target(
            name: "Engine",
            dependencies: [
                "AppConfiguration", "Decoders", "Domain", "Forge", "GitWriter", "HTTPTransport", "Ingest", "Inventory",
                "KubernetesClient", "Layout", "NetworkLearner", "PolicyEvaluator", "Proposals", "RBACLearner",
                "Rendering", "Store", "Templates", .product(name: "Mustache", package: "swift-mustache"),
            ], swiftSettings: settings),
        .target(
            name: "Server",
            dependencies: [
                "CLibcrypto", "AppConfiguration", "Decoders", "Domain", "Engine", "HTTPTransport", "HubbleRelay",
                "Ingest",
                "KubernetesClient", "Store",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
        .target(
            name: "CommandLineTool",
            dependencies: [
                "AppConfiguration", "Domain", "Engine", "Ingest", "Server", "Store",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .executableTarget(name: "leastwise", dependencies: ["CommandLineTool"], swiftSettings: settings),
        // Not a product, so that a release is without it. In this package, since `package` access ends at its border.
        .executableTarget(
            name: "learning-benchmark", dependencies: ["Domain", "Engine", "NetworkLearner", "RBACLearner", "Store"],
            path: "Benchmarks/Learning", exclude: ["make_estate.py"], swiftSettings: settings),
        .target(name: "ScriptedServers", path: "Tests/Support/ScriptedServers", swiftSettings: settings),
        .target(
            name: "MalformedBodies", dependencies: ["CZlib", "CZstd"], path: "Tests/Support/MalformedBodies",
            swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
        .testTarget(
            name: "AppConfigurationTests", dependencies: ["AppConfiguration", "Domain"], swiftSettings: settings),
        .testTarget(name: "DecodersTests", dependencies: ["Decoders", "Domain"], swiftSettings: settings),
        .testTarget(
            name: "DeployTests",
            dependencies: [
                "AppConfiguration", "Domain", "Engine", "Ingest", "Inventory", "KubernetesClient", "PolicyEvaluator",
                "ScriptedServers", yams,
            ], swiftSettings: settings),
        .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: settings),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "AppConfiguration", "Domain", "Engine", "Ingest", "Inventory", "Layout", "MalformedBodies",
                "NetworkLearner", "PolicyEvaluator",
                "Proposals", "RBACLearner", "Rendering", "Store", "leastwise", yams,
            ], swiftSettings: settings),
        .testTarget(
            name: "ForgeTests", dependencies: ["Forge", "HTTPTransport", "ScriptedServers"], swiftSettings: settings),
        .testTarget(
            name: "GitWriterTests", dependencies: ["GitWriter", "HTTPTransport", "ScriptedServers"],
            swiftSettings: settings),
        .testTarget(
            name: "HTTPTransportTests", dependencies: ["HTTPTransport", "ScriptedServers"], swiftSettings: settings),
        .testTarget(
            name: "HubbleRelayTests",
            dependencies: ["Decoders", "Domain", "HTTPTransport", "HubbleRelay", "ScriptedServers"],
            swiftSettings: settings),
        .testTarget(
            name: "IngestTests", dependencies: ["Decoders", "Domain", "Ingest", "MalformedBodies"],
            swiftSettings: settings),
        .testTarget(
            name: "InventoryTests", dependencies: ["Domain", "Inventory", "NetworkLearner"], swiftSettings: settings),
        .testTarget(
            name: "KubernetesClientTests",
            dependencies: [
                "Domain", "Engine", "HTTPTransport", "Inventory", "KubernetesClient", "NetworkLearner",
                "ScriptedServers", "Store", yams,
            ], swiftSettings: settings),
        .testTarget(name: "LayoutTests", dependencies: ["Domain", "Layout", yams], swiftSettings: settings),
        .testTarget(
            name: "NetworkLearnerTests", dependencies: ["Domain", "NetworkLearner", "PolicyEvaluator"],
            swiftSettings: settings),
        .testTarget(
            name: "PolicyEvaluatorTests", dependencies: ["Domain", "PolicyEvaluator", yams], swiftSettings: settings),
        .testTarget(name: "ProposalsTests", dependencies: ["Proposals"], swiftSettings: settings),
        .testTarget(
            name: "ProposeTests",
            dependencies: [
                "AppConfiguration", "Domain", "Engine", "Forge", "GitWriter", "HTTPTransport", "Ingest",
                "NetworkLearner",
                "Proposals", "ScriptedServers", "Store", "leastwise",
            ], swiftSettings: settings),
        .testTarget(
            name: "RBACLearnerTests", dependencies: ["Domain", "PolicyEvaluator", "RBACLearner"],
            swiftSettings: settings),
        .testTarget(name: "RenderingTests", dependencies: ["Domain", "Rendering", yams], swiftSettings: settings),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "AppConfiguration", "Decoders", "Domain", "HTTPTransport", "Ingest", "ScriptedServers", "Server",
                "Store",
                "leastwise", grdb, .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
        .testTarget(
            name: "StoreTests", dependencies: ["Domain", "Migrations", "Store", grdb], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Only `make fuzz` builds these: they need libFuzzer. In this package, since `package` access ends at its border.
if Context.environment["LEASTWISE_FUZZING"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "Fuzzing/CFuzzer"),
        .executableTarget(
            name: "leastwise-fuzz",
            dependencies: ["CFuzzer", "Decoders", "Domain", "HubbleRelay", "Ingest", "Inventory", "MalformedBodies"],
            path: "Fuzzing/Driver", swiftSettings: settings),
    ]
}
