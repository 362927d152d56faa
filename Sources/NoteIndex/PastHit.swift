internal import Markup
public import Vault

/// A passage that was found in what notes say, or once said.
public struct PastHit: Sendable, Equatable {
  /// A time for which it stood there.
  public struct Span: Sendable, Equatable {
    /// Where the note stood.
    public let path: NotePath
    /// The snapshot that brought it; `nil` where none did yet.
    public let appeared: KnownSnapshot?
    /// The snapshot that took it away; `nil` while it stands.
    public let vanished: KnownSnapshot?
  }

  /// Where the note stood when the passage went; where it stands now, of a passage that stands.
  public internal(set) var path: NotePath
  /// Where the note stands now; `nil` where it is gone.
  public let pathNow: NotePath?
  /// Where the passage stands now, when that is another note.
  public internal(set) var movedTo: NotePath?
  /// The passage, as much of it as fits on a line.
  public internal(set) var snippet = Snippet(
    text: "", line: 1, matchLine: 1, heading: nil, ranges: [])
  /// The whole passage.
  public let text: String
  /// When it stood there, the last time first; never empty.
  public internal(set) var spans: [Span]
  /// The blob that had it last, of what is gone.
  public let blob: String?
  /// Which parent of the snapshot that took it away had it, counted from 1; to be found out by who
  /// knows the repository.
  public var parent = 1
  /// Other wordings of it in the same note, that were found as well.
  public internal(set) var wordings: [PastHit] = []

  let hash: UInt64
  let words: Set<String>
  /// The changes that took it away, whose times become `spans` once it is to be shown.
  var ends: [PastEnd]
  var isStanding: Bool
  /// Whether the last snapshot has it, of what no file has where that does.
  let isSaved: Bool

  /// The longest of the words between its blanks, which every text that has it has, however its
  /// lines are broken and whatever marks stand before them; empty where there is none.
  var longestWord: [UInt8] {
    text.utf8.split { $0 <= 0x20 }
      .map { $0.drop { $0 == UInt8(ascii: ">") } }
      // The number of an item is a mark, too, and has no letter; what is not UTF-8 was replaced.
      .filter { $0.contains { ($0 | 0x20) &- 0x61 < 26 } && !$0.contains(0xEF) }
      .max { $0.count < $1.count }.map(Array.init) ?? []
  }

  /// Whether the last snapshot has it still, though no note does: it was taken out and that is not saved.
  public var isGoneUnsaved: Bool { isSaved && isGone }

  /// Whether it is in no note any more.
  public var isGone: Bool { !isStanding && movedTo == nil }
}

/// What a search through the history found.
public struct PastResult: Sendable, Equatable {
  /// The passages, the best first.
  public var hits: [PastHit] = []
  /// Whether no passage has all of the words, so that these have some.
  public var isLoose = false
  /// Whether there may be more than these.
  public var isCut = false
  /// Parts of the query that cannot be asked of a passage, such as `tag:x`.
  public var unfit: [String] = []
}

extension PastHit {
  init(
    _ hash: UInt64, _ bytes: [UInt8], in path: NotePath, _ blob: String?, now: NotePath?,
    ends: [PastEnd], isStanding: Bool, isSaved: Bool = false
  ) {
    self.isSaved = isSaved
    self.hash = hash
    self.path = path
    self.blob = blob
    pathNow = now
    self.ends = ends
    self.isStanding = isStanding
    spans = []
    text = String(decoding: bytes, as: UTF8.self)
    words = Set(Words.all(text))
  }
}

extension Snippet {
  /// What is shown of a passage in which no word can be marked, such as a line of front matter.
  init(unmarked bytes: [UInt8]) {
    let window = Window.cut(onOneLine(bytes), around: [])
    self.init(text: window.text, line: 1, matchLine: 1, heading: nil, ranges: [])
  }
}

/// The end of a time for which a passage stood.
struct PastEnd: Sendable, Equatable {
  let path: NotePath
  /// Where the note stands now, or stood at last.
  let now: NotePath
  let vanished: KnownSnapshot
}
