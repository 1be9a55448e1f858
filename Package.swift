// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], excluding folders: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, exclude: folders, swiftSettings: settings)
}

let package = Package(
    name: "shophost",
    products: [
        .library(name: "Storefront", targets: ["Storefront"]),
        .executable(name: "shophost", targets: ["shophost"]),
        .executable(name: "synthetics-start", targets: ["synthetics-start"]),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"]), .brew(["libmicrohttpd"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
        .systemLibrary(name: "CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"]), .brew(["jemalloc"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(name: "CRSVG"),
        .systemLibrary(name: "CLinux"),
        module("Base", ["CLinux"]),
        module("HTTP", ["Base", "CLinux", "CCrypto", "CMicroHTTPD", "CCurl"]),
        module("Database", ["Base", "CSQLite", "CLibPQ"]),
        module("Telemetry", ["Base"]),
        module("Templates", ["Base"]),
        module("Instrumentation", ["Base", "HTTP"]),
        module("XRay", ["Base", "Telemetry"]),
        module("Query", ["Base", "HTTP", "Telemetry", "XRay"]),
        module("Export", ["Base", "HTTP", "Telemetry", "XRay"]),
        module("Synthetics", ["Base", "HTTP", "CCrypto", "CLibXML2", "CLinux", "CPCRE2"]),
        module("Load", ["Base", "HTTP", "CZlib"]),
        .executableTarget(name: "synthetics-start", dependencies: ["Base", "HTTP", "Synthetics"], swiftSettings: settings),
        module("Objectives", ["Base", "HTTP", "CYAML"]),
        module("Packs", ["Base", "Telemetry"]),
        module("Faults", ["Base"]),
        module("Cluster", ["Base"]),
        module("Pictures", ["CRSVG", "CTurboJPEG"]),
        module("Storefront", ["Base", "Cluster", "Database", "Faults", "HTTP", "Packs", "Telemetry", "Templates"]),
        module("Handlers", ["Base", "CCrypto", "Database", "HTTP", "Packs", "Pictures", "Storefront", "Telemetry"]),
        module("Proving", ["Base", "Database", "HTTP", "Load", "Packs", "Query", "Storefront", "Synthetics", "Telemetry"]),
        .executableTarget(name: "PackEmbedder", swiftSettings: settings),
        .plugin(name: "PackEmbedderPlugin", capability: .buildTool(), dependencies: ["PackEmbedder"], path: "Sources/PackEmbedderPlugin"),
        .target(name: "EmbeddedPacks", dependencies: ["Base", "Packs"], swiftSettings: settings, plugins: ["PackEmbedderPlugin"]),
        module(
            "Host",
            ["Base", "CLinux", "Cluster", "EmbeddedPacks", "Export", "Handlers", "HTTP", "Instrumentation", "Load", "Packs", "Query", "Storefront", "Telemetry"]),
        .executableTarget(name: "shophost", dependencies: ["Base", "CJemalloc", "Export", "Handlers", "Host", "HTTP", "Load", "Objectives", "Packs", "Proving", "Query", "Storefront", "Synthetics", "Telemetry"], swiftSettings: settings),
        tests("Base", ["Base"]),
        tests("HTTP", ["Base", "HTTP"]),
        tests("Database", ["Base", "Database"]),
        tests("Telemetry", ["Base", "Telemetry"]),
        tests("Templates", ["Base", "Templates"], excluding: ["Models"]),
        tests("Cluster", ["Base", "Cluster"]),
        tests("Pictures", ["Pictures", "ShopTesting"]),
        tests("Instrumentation", ["Base", "HTTP", "Instrumentation"]),
        tests("XRay", ["Base", "Telemetry", "XRay"]),
        tests("Query", ["Base", "HTTP", "Telemetry", "Query", "XRay"]),
        tests("Export", ["Base", "HTTP", "Telemetry", "Export", "XRay"]),
        tests("Synthetics", ["Base", "HTTP", "Synthetics"], excluding: ["Examples", "Golden"]),
        tests("Load", ["Base", "HTTP", "Load"]),
        tests("Objectives", ["Base", "HTTP", "Objectives"]),
        // Small packs and shops in simulated time, for the suites below.
        .target(
            name: "ShopTesting", dependencies: ["Base", "CTurboJPEG", "Handlers", "HTTP", "Packs", "Storefront", "Telemetry"], path: "Tests/ShopTesting", swiftSettings: settings),
        tests("Packs", ["Base", "Handlers", "Load", "Packs", "ShopTesting", "Storefront"]),
        tests("Storefront", ["Base", "Cluster", "Database", "Handlers", "HTTP", "Packs", "ShopTesting", "Storefront", "Telemetry"]),
        tests("Handlers", ["Base", "Handlers", "HTTP", "Packs", "ShopTesting", "Storefront", "Telemetry"]),
        tests("ExampleHandler", ["Base", "Handlers", "HTTP", "Packs", "Storefront"]),
        tests("Proving", ["Base", "Handlers", "HTTP", "Packs", "Proving", "Storefront", "Synthetics", "Telemetry"], excluding: ["Kiosk"]),
        tests("Storedog", ["Base", "EmbeddedPacks", "Handlers", "HTTP", "Load", "Proving", "Query", "ShopTesting", "Storefront", "Synthetics", "Telemetry"]),
        tests("Boutique", ["Base", "EmbeddedPacks", "Handlers", "HTTP", "Load", "Packs", "Proving", "ShopTesting", "Storefront", "Telemetry"]),
        tests("SockShop", ["Base", "Cluster", "EmbeddedPacks", "Handlers", "HTTP", "Load", "Proving", "Query", "ShopTesting", "Storefront", "Telemetry"]),
        tests("AnyCompany", ["Base", "Cluster", "EmbeddedPacks", "Handlers", "HTTP", "Load", "Proving", "ShopTesting", "Storefront", "Telemetry", "XRay"]),
        tests("PackProof", ["EmbeddedPacks", "Handlers", "Proving", "Storefront"]),
        tests("Grading", ["Base", "EmbeddedPacks", "Handlers", "Packs", "Proving", "Storefront"]),
        tests("Host", ["Base", "Host", "HTTP", "Load", "Storefront", "Telemetry", "shophost"]),
        tests("Browser", ["Base", "Synthetics", "shophost", "synthetics-start"]),
    ]
)
