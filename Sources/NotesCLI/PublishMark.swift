internal import Git
internal import History
internal import NoteIndex
internal import Site
internal import Vault

/// What a site was made of, and what it consists of, as the file system tells: a publish that finds
/// all of it as it was has nothing to do.
///
/// Like git's index it goes by stamps, and not by times alone: size, inode, the last change. What
/// changed so shortly before that a stamp proves nothing makes no mark.
struct PublishMark {
  /// What the site is made of: a hash.
  private let inputs: String
  /// Whether something of it changed just before it was looked at.
  private let isRacy: Bool

  /// Takes the stamps of what a site is to be made of.
  init(
    of notes: [NotePath], in session: Session, _ vault: Vault, base: String?,
    theme: [String: [UInt8]]
  ) throws {
    var lines = [vault.root, base ?? "", session.environment["PATH"] ?? ""]
    let now = session.clock()
    var isRacy = false
    func add(_ path: String) {
      let stamp = StateFile(path).stamp
      isRacy = isRacy || stamp?.isRacy(at: now) ?? false
      lines.append(path + " " + (stamp.map { Self.text($0) } ?? "-"))
    }
    // Another build makes other pages.
    add(Vault.resolved("/proc/self/exe") ?? "")
    add(vault.root + "/" + Settings.file)
    for note in notes { add(vault.root + "/" + note.text) }
    let ledgers = vault.root + "/.notes/versions"
    for folder in StateFile.names(in: ledgers) {
      for name in StateFile.names(in: "\(ledgers)/\(folder)") {
        add("\(ledgers)/\(folder)/\(name)")
      }
    }
    for (name, bytes) in theme.sorted(by: { $0.key < $1.key }) {
      lines.append(name + " " + (try ObjectID.blob(bytes)).description)
    }
    // Renames are followed through the history.
    if let history = try? History(of: vault, context: session.historyContext, for: .reading) {
      lines.append((try? history.head())?.description ?? "")
    }
    inputs = try ObjectID.blob(Array(lines.joined(separator: "\n").utf8)).description
    self.isRacy = isRacy
  }

  private static func text(_ stamp: Vault::FileStamp) -> String {
    "\(stamp.size) \(stamp.modified) \(stamp.changed) \(stamp.inode)"
  }

  // MARK: On the disk

  private static let first = "notes-publish 1"

  /// Where the mark of a site in a folder is, below the vault's own folder.
  private static func place(for folder: String) throws -> NotePath {
    try NotePath("publish/" + ObjectID.blob(Array(folder.utf8)).description.prefix(16))
  }

  /// Keeps the mark of a site that was written to a folder.
  func keep(
    _ folder: OutputFolder, _ store: PictureStore, summary: String, in session: Session,
    _ vault: Vault
  ) throws {
    let now = session.clock()
    func line(_ path: String) -> String? {
      guard let stamp = StateFile(path).stamp, !path.contains("\n") else { return nil }
      // What was written just now is ours, and comes under another inode if it is written again.
      return "\(Self.text(stamp)) \(path)"
    }
    let shown = store.looked.map { vault.root + "/" + $0.text }
    let isRacy = isRacy || shown.contains { StateFile($0).stamp?.isRacy(at: now) ?? true }
    // Two publishes may end at one moment: neither may find the other's mark half written.
    let state = DerivedFiles(root: vault.stateFolder)
    let mark = try Self.place(for: folder.path)
    let lines = (shown + folder.files.map { folder.path + "/" + $0 }).map(line)
    let lost = store.missing.flatMap { [$0.name, $0.folder] }
    guard !isRacy, !lines.contains(nil), !lost.contains(where: { $0.contains("\n") }) else {
      return try state.remove(mark)
    }
    let text =
      [Self.first, inputs, summary, String(lost.count)] + lost + lines.compactMap(\.self)
    try state.write(mark, Array(text.joined(separator: "\n").utf8))
  }

  /// What was told of the site in a folder, where nothing is different from then.
  func known(_ folder: String, _ attachments: SharedAttachments, in vault: Vault) throws -> String?
  {
    let state = DerivedFiles(root: vault.stateFolder)
    guard let bytes = try state.read(Self.place(for: folder)) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 4, lines[0] == Self.first, lines[1] == inputs, let lost = Int(lines[3]),
      lost >= 0, lines.count >= 4 + lost
    else { return nil }
    for place in stride(from: 4, to: 4 + lost, by: 2)
    where attachments.find(String(lines[place]), from: String(lines[place + 1]), byName: true)
      != nil
    {
      return nil
    }
    for line in lines[(4 + lost)...] {
      let parts = line.split(separator: " ", maxSplits: 4)
      guard parts.count == 5, let stamp = StateFile(String(parts[4])).stamp,
        line == "\(Self.text(stamp)) \(parts[4])"
      else { return nil }
    }
    return String(lines[2])
  }
}
