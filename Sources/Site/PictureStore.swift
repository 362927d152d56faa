public import Git
internal import History
internal import Markup
internal import Synchronization
public import Vault

/// The pictures that published texts show, each looked at once.
public final class PictureStore: Sendable {
  /// Finds a picture by the name or path in a link of a note.
  public typealias Find = @Sendable (_ name: String, _ from: NotePath) -> NotePath?

  /// Reads a picture that a version kept; `nil` where it is not there any more.
  public typealias Kept = @Sendable (ObjectID) -> [UInt8]?

  /// Where a picture comes from.
  private enum Source: Hashable {
    case file(NotePath)
    case blob(ObjectID)
  }

  private let find: Find
  private let files: VaultFiles
  private let kept: Kept
  private let known = Mutex<[Source: (name: String, found: Result<SitePicture, Picture.Fault>)]>([:]
  )
  private let unknown = Mutex<Set<Missing>>([])

  /// A picture that a text shows and that is not there.
  public struct Missing: Sendable, Hashable {
    /// The name or path in the link.
    public let name: String
    /// The folder of the note.
    public let folder: String
  }

  /// The pictures of a vault, and those that versions kept.
  public init(in files: VaultFiles, find: @escaping Find, kept: @escaping Kept) {
    self.files = files
    self.find = find
    self.kept = kept
  }

  /// Pictures that are not published though a text shows them, by path or as links have it, and why.
  public var refused: [(name: String, why: String)] {
    let all = known.withLock { $0 }
    var reasons: [String: String] = [:]
    for (name, result) in all.values {
      guard case .failure(let fault) = result else { continue }
      switch fault {
      case .unknownKind: reasons[name] = "it is no JPEG, PNG, GIF, WebP or SVG"
      case .damaged: reasons[name] = "it is damaged"
      case .active(let what): reasons[name] = "it could do more than be seen: it has \(what)"
      }
    }
    return reasons.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The files that were looked at, whether they can be published or not.
  public var looked: [NotePath] {
    known.withLock { known in
      known.keys.compactMap { if case .file(let path) = $0 { path } else { nil } }.sorted()
    }
  }

  /// The pictures that are not there.
  public var missing: [Missing] { Array(unknown.withLock { $0 }) }

  /// Whether a picture can be published that a link in a version leads to.
  public func has(_ name: String, from note: NotePath, in pictures: [String: ObjectID]) -> Bool {
    picture(name, from: note, in: pictures) != nil
  }

  /// A picture by the link that shows it: as the version has it, else as the vault has it now.
  func picture(
    _ name: String, from note: NotePath, in pictures: [String: ObjectID]
  ) -> SitePicture? {
    if let id = pictures[name] {
      switch found(.blob(id), name) {
      case .success(let picture): return picture
      // What is not there any more, as in a clone without its whole past, may still be a file.
      case .failure(.damaged): break
      case .failure: return nil
      }
    }
    guard let path = find(name, note) else {
      _ = unknown.withLock { $0.insert(Missing(name: name, folder: note.folder)) }
      return nil
    }
    return try? found(.file(path), path.text).get()
  }

  /// A picture as pages know it, looked at for the first that asks.
  private func found(_ source: Source, _ name: String) -> Result<SitePicture, Picture.Fault> {
    known.withLock { known in
      if let known = known[source] { return known.found }
      let result = read(source).map { SitePicture($0) }
      known[source] = (name, result)
      return result
    }
  }

  /// The files of the pictures that texts show.
  ///
  /// They are read anew, so that a vault with many of them is never in memory as a whole.
  func eachFile(_ take: (SiteFile) throws -> Void) throws {
    let all = known.withLock { $0 }.map { (source: $0.key, found: try? $0.value.found.get()) }
    var done: Set<String> = []
    for (source, found) in all.sorted(by: { $0.found?.place ?? "" < $1.found?.place ?? "" }) {
      guard let known = found, done.insert(known.place).inserted,
        case .success(let picture) = read(source)
      else { continue }
      try take(SiteFile(path: known.place, bytes: picture.bytes))
    }
  }

  private func read(_ source: Source) -> Result<Picture, Picture.Fault> {
    let bytes =
      switch source {
      case .file(let path): try? files.read(path, limit: Version.largestPicture).bytes
      case .blob(let id): kept(id)
      }
    guard let bytes else { return .failure(.damaged) }
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
