import CGit2

/// A git repository with a work tree: the object store, the references and the wire.
///
/// It never reads or writes a file of the work tree. It may be handed from one thread to another,
/// but is used by one at a time. What its methods return are values.
public struct Repository: ~Copyable {
  /// The folder whose files the repository versions, without symbolic links.
  public let workTree: String
  /// The git directory of this work tree, which holds HEAD and the index.
  public let gitDirectory: String
  /// The git directory that all work trees share, which holds objects, references and settings.
  public let commonDirectory: String
  /// What the caller told of the process.
  public let environment: GitEnvironment

  /// The commits at which a shallow clone is cut off: what they came from is not here.
  let cutOff: Set<ObjectID>
  /// Whether it is a shallow clone.
  public let isShallow: Bool
  let handle: Handle<RepositoryKind>
  let database: Handle<DatabaseKind>
  var configuration: Configuration
  let ignoreFiles = IgnoreFiles()
  /// A file of the form of an ignore file, whose lines count more than all ignore files: what one of its
  /// paragraphs ignores is ignored, whatever the others say.
  public var keptBack: String?
  /// Lines of the form of an ignore file's, which count less than all ignore files.
  public var leftAlone = ""

  init(
    handle: consuming Handle<RepositoryKind>, workTree: String, environment: GitEnvironment
  ) throws(GitError) {
    let repository = unsafe handle.pointer
    let settings = try Configuration(handle, environment)
    let objects = try unsafe Handle<DatabaseKind>("open the object store") {
      unsafe git_repository_odb(&$0, repository)
    }
    let common = unsafe Self.path(git_repository_commondir(repository))
    try LooseObjects.read(common + "/objects", for: objects)
    try ObjectStore(common + "/objects").refuseDamagedPacks()
    configuration = settings
    database = objects
    gitDirectory = unsafe Self.path(git_repository_path(repository))
    commonDirectory = common
    let cuts = readPlainFile(commonDirectory + "/shallow")
    isShallow = cuts != nil
    cutOff = Set(
      (cuts ?? []).split(separator: UInt8(ascii: "\n")).compactMap {
        ObjectID(hex: String(decoding: $0, as: UTF8.self))
      })
    self.workTree = workTree
    self.environment = environment
    self.handle = handle
  }

  /// Whether a commit came from others that a shallow clone left out.
  public func isCutOff(_ commit: ObjectID) -> Bool { cutOff.contains(commit) }

  /// Refuses a shallow clone: for what only a whole history can tell.
  public func requireWholeHistory() throws(GitError) {
    if isShallow { throw Self.refusal(.shallow) }
  }

  /// A path of libgit2's, without the slash at its end.
  static func path(_ raw: UnsafePointer<CChar>?) -> String {
    guard let raw = unsafe raw else { return "" }
    var path = unsafe String(cString: raw)
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

// A libgit2 object is used by one thread at a time, so a repository is sent and never shared.
@available(*, unavailable)
extension Repository: Sendable {}
