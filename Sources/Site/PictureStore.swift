internal import Git
internal import Markup
public import Vault

/// The pictures that published texts show, each made ready once.
public final class PictureStore {
  /// Finds a picture by the name or path in a link of a note.
  public typealias Find = (_ name: String, _ from: NotePath) -> NotePath?

  private let find: Find
  private let files: VaultFiles
  private var known: [NotePath: Result<Picture, Picture.Fault>] = [:]

  /// The pictures of a vault.
  public init(in files: VaultFiles, find: @escaping Find) {
    self.files = files
    self.find = find
  }

  /// A picture with more bytes than this is not published.
  private static let largest: Int64 = 20_000_000

  /// Pictures that are not published though a text shows them, and why.
  public var refused: [(path: NotePath, why: String)] {
    known.compactMap { path, result in
      guard case .failure(let fault) = result else { return nil }
      switch fault {
      case .unknownKind: return (path, "it is no JPEG, PNG, GIF, WebP or SVG")
      case .damaged: return (path, "it is damaged")
      case .active(let what): return (path, "it could do more than be seen: it has \(what)")
      }
    }.sorted { $0.path < $1.path }
  }

  /// Whether a picture can be published that a link leads to.
  public func has(_ name: String, from note: NotePath) -> Bool { picture(name, from: note) != nil }

  /// A picture by the link that shows it.
  func picture(_ name: String, from note: NotePath) -> Picture? {
    guard let path = find(name, note) else { return nil }
    if let found = known[path] { return try? found.get() }
    let result: Result<Picture, Picture.Fault>
    if let bytes = try? files.read(path, limit: Self.largest).bytes {
      do throws(Picture.Fault) { result = .success(try Picture(bytes)) } catch {
        result = .failure(error)
      }
    } else {
      result = .failure(.damaged)
    }
    known[path] = result
    return try? result.get()
  }
}

@available(*, unavailable)
extension PictureStore: Sendable {}

extension Picture {
  /// Where it stands on the site: by what it shows, so that a page never has another than it had.
  var place: String {
    let hash = (try? ObjectID.blob(bytes))?.description ?? ""
    return "files/\(hash.prefix(16)).\(suffix)"
  }
}
