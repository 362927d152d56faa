internal import Git
internal import Markup
internal import Synchronization
public import Vault

/// The pictures that published texts show, each looked at once.
public final class PictureStore: Sendable {
  /// Finds a picture by the name or path in a link of a note.
  public typealias Find = @Sendable (_ name: String, _ from: NotePath) -> NotePath?

  private let find: Find
  private let files: VaultFiles
  private let known = Mutex<[NotePath: Result<SitePicture, Picture.Fault>]>([:])
  private let unknown = Mutex<Set<Missing>>([])

  /// A picture that a text shows and that is not there.
  public struct Missing: Sendable, Hashable {
    /// The name or path in the link.
    public let name: String
    /// The folder of the note.
    public let folder: String
  }

  /// The pictures of a vault.
  public init(in files: VaultFiles, find: @escaping Find) {
    self.files = files
    self.find = find
  }

  /// A picture with more bytes than this is not published.
  private static let largest: Int64 = 20_000_000

  /// Pictures that are not published though a text shows them, and why.
  public var refused: [(path: NotePath, why: String)] {
    let all = known.withLock { $0 }
    return all.compactMap { path, result in
      guard case .failure(let fault) = result else { return nil }
      switch fault {
      case .unknownKind: return (path, "it is no JPEG, PNG, GIF, WebP or SVG")
      case .damaged: return (path, "it is damaged")
      case .active(let what): return (path, "it could do more than be seen: it has \(what)")
      }
    }.sorted { $0.path < $1.path }
  }

  /// The files that were looked at, whether they can be published or not.
  public var looked: [NotePath] { known.withLock { $0.keys.sorted() } }

  /// The pictures that are not there.
  public var missing: [Missing] { Array(unknown.withLock { $0 }) }

  /// Whether a picture can be published that a link leads to.
  public func has(_ name: String, from note: NotePath) -> Bool { picture(name, from: note) != nil }

  /// A picture by the link that shows it.
  func picture(_ name: String, from note: NotePath) -> SitePicture? {
    guard let path = find(name, note) else {
      _ = unknown.withLock { $0.insert(Missing(name: name, folder: note.folder)) }
      return nil
    }
    return known.withLock { known in
      if let found = known[path] { return try? found.get() }
      let result = read(path).map { SitePicture($0) }
      known[path] = result
      return try? result.get()
    }
  }

  /// The files of the pictures that texts show.
  ///
  /// They are read anew, so that a vault with many of them is never in memory as a whole.
  func eachFile(_ take: (SiteFile) throws -> Void) throws {
    let all = known.withLock { $0 }
    var done: Set<String> = []
    for path in all.keys.sorted() {
      guard case .success(let known)? = all[path], done.insert(known.place).inserted,
        case .success(let picture) = read(path)
      else { continue }
      try take(SiteFile(path: known.place, bytes: picture.bytes))
    }
  }

  private func read(_ path: NotePath) -> Result<Picture, Picture.Fault> {
    guard let bytes = try? files.read(path, limit: Self.largest).bytes else {
      return .failure(.damaged)
    }
    do throws(Picture.Fault) { return .success(try Picture(bytes)) } catch {
      return .failure(error)
    }
  }
}

/// A picture as pages know it.
struct SitePicture: Sendable {
  /// Where it stands on the site: by what it shows, so that a page never has another than it had.
  let place: String
  let size: PictureSize?

  init(_ picture: Picture) {
    let hash = (try? ObjectID.blob(picture.bytes))?.description ?? ""
    place = "files/\(hash.prefix(16)).\(picture.suffix)"
    size = picture.size
  }
}
