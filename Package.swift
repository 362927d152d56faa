// swift-tools-version: 6.2
// One section for each target with its test target, sorted alphabetically; C libraries last.
// Each third-party or C library is a dependency of exactly one target: script/layers checks it.

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
  .treatWarning("ExplicitSendable", as: .error),
]

let package = Package(
  name: "notes",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // MARK: Git, the object store, the refs and the wire
    .target(name: "Git", dependencies: ["CGit2"], swiftSettings: settings),
    .testTarget(name: "GitTests", dependencies: ["Git", "TestSupport"], swiftSettings: settings),

    // MARK: History, from notes to snapshots and back
    .target(name: "History", dependencies: ["Git", "Markup", "Vault"], swiftSettings: settings),
    .testTarget(
      name: "HistoryTests", dependencies: ["History", "TestSupport"], swiftSettings: settings),

    // MARK: Markup, from text to document
    .target(
      name: "Markup",
      dependencies: ["CCmark", .product(name: "Yams", package: "Yams")],
      swiftSettings: settings),
    .testTarget(
      name: "MarkupTests", dependencies: ["Markup", "TestSupport"], swiftSettings: settings),

    // MARK: NoteIndex, from note to hit
    .target(
      name: "NoteIndex",
      dependencies: [
        "CPcre2",
        "CStemmer",
        "Markup",
        "Vault",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "NoteIndexTests", dependencies: ["NoteIndex", "TestSupport"], swiftSettings: settings),

    // MARK: NotesCLI, the commands
    .target(
      name: "NotesCLI",
      dependencies: [
        "Git",
        "History",
        "Markup",
        "NoteIndex",
        "Site",
        "Vault",
        "Web",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [.embedInCode("hooks"), .embedInCode("pages"), .embedInCode("workers")],
      swiftSettings: settings),
    .executableTarget(name: "notes", dependencies: ["NotesCLI"], swiftSettings: settings),
    .testTarget(
      name: "NotesCLITests", dependencies: ["NotesCLI", "TestSupport", "Web"],
      swiftSettings: settings),

    // MARK: Site, from versions to pages
    .target(
      name: "Site",
      dependencies: [
        "Git",
        "History",
        "Markup",
        "Vault",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("theme")],
      swiftSettings: settings),
    .testTarget(
      name: "SiteTests", dependencies: ["Site", "TestSupport"], swiftSettings: settings),

    // MARK: TestSupport, what more than one test target needs
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),

    // MARK: TranscriptTests, what the README and the handbook show, run against the built program
    .testTarget(
      name: "TranscriptTests", dependencies: ["TestSupport"], swiftSettings: settings),

    // MARK: Vault, from file to note
    .target(name: "Vault", dependencies: ["CLinux", "Markup"], swiftSettings: settings),
    .testTarget(
      name: "VaultTests", dependencies: ["Vault", "TestSupport"], swiftSettings: settings),

    // MARK: Web, the vault in its author's browser
    .target(
      name: "Web",
      dependencies: [
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    .testTarget(name: "WebTests", dependencies: ["Web", "TestSupport"], swiftSettings: settings),

    // MARK: C libraries
    .systemLibrary(
      name: "CCmark", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    .systemLibrary(name: "CGit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(
      name: "CPcre2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
  ],
  swiftLanguageModes: [.v6]
)
