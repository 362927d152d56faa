import Foundation
import TestSupport
import Testing

/// Three clones of one vault, edited, saved, synced and killed at random.
///
/// `NOTES_SOAK=500` runs 500 scenarios, and `NOTES_SEED=7` begins with that seed.
@Suite("a soak of three clones")
struct SoakTests {
  static let seeds = TestSupport.seeds("NOTES_SOAK", usually: 6)

  @Test("loses no word, and ends with three clones that are the remote", arguments: seeds)
  func soak(seed: UInt64) throws {
    var soak = try Soak(seed: seed)
    for _ in 0..<60 { try soak.step() }
    try soak.settle()
    try soak.check()
    print("soak: seed \(seed), \(soak.summary)")
  }
}

/// One scenario.
private struct Soak {
  private var chance: SplitMix
  private let machines: [Machine]
  private let remote: String
  private let seed: UInt64
  private var steps: [String] = []
  private var words = 0
  private var commands = 0
  private var kills = 0
  /// Words that a user's edit took away somewhere.
  private var removed: Set<String> = []
  /// Words that were on a disk when a command looked at it that ended well.
  private var seen: Set<String> = []
  private var tips: [String] = []
  /// The texts of which a version was cut, as blobs.
  private var cuts: Set<String> = []

  var summary: String {
    "\(words) words, \(commands) commands, \(kills) kills, \(cuts.count) cuts, \(tips.count) tips"
  }

  /// A remote, and three clones of its ten notes.
  init(seed: UInt64) throws {
    self.seed = seed
    chance = SplitMix(seed: seed)
    let first = try TestVault(name: "c0")
    remote = first.remote
    try first.makeRemote()
    var vaults = [first]
    var text = ""
    for number in 0..<8 {
      text = "# Note \(number)\n\n"
      for line in 0..<6 {
        text += "kw90\(number)\(line)00 the kw90\(number)\(line)01 word kw90\(number)\(line)02\n"
        if line % 2 == 1 { text += "\n" }
      }
      try first.write(text, to: number % 3 == 0 ? "d\(number)/n\(number).md" : "n\(number).md")
    }
    try first.notes("sync", "--remote", remote).succeeded()
    for name in ["c1", "c2"] {
      let clone = try TestVault(isVault: false, name: name, beside: first)
      try first.notes("clone", remote, clone.path).succeeded()
      vaults.append(clone)
    }
    machines = vaults.enumerated().map { Machine($0.element, $0.offset) }
    noteTip()
  }

  // MARK: - Steps

  /// One edit, or one command.
  mutating func step() throws {
    let machine = chance.pick(machines)
    switch chance.below(11) {
    case 10: try cut(machine)
    case 0..<5: try edit(machine)
    case 5: try editTwo()
    case 6: try command(["save", "-q"], machine)
    case 7, 8: try command(["sync", "-q", "--accept-deletions"], machine)
    default: try interrupt(machine)
    }
    noteTip()
  }

  private mutating func note(_ text: String) { steps.append("\(steps.count) \(text)") }

  private mutating func noteTip() {
    guard let tip = try? String(contentsOfFile: remote + "/refs/heads/main", encoding: .utf8) else {
      return
    }
    let id = String(tip.prefix(40))
    if tips.last != id { tips.append(id) }
  }

  private mutating func word() -> String {
    words += 1
    return "kw" + String(String(1_000_000 + words).dropFirst())
  }

  private mutating func line() -> String { "\(word()) the \(word()) word \(word())" }

  private mutating func name() -> String {
    // Few, so that two machines come to the same one.
    let name = "n\(chance.below(16))"
    switch chance.below(8) {
    case 0: return "d\(chance.below(4))/\(name).md"
    case 1: return name.uppercased() + ".md"
    case 2: return "caf\u{E9}\(chance.below(2)).md"
    case 3: return "cafe\u{301}\(chance.below(2)).md"
    case 4: return "d\(chance.below(4))"
    default: return name + ".md"
    }
  }

  private mutating func edit(_ machine: Machine) throws {
    machine.isEdited = true
    guard let file = machine.files().randomElement(using: &chance) else {
      return try create(name(), machine)
    }
    switch chance.below(15) {
    case 0, 1, 2: try change(file, machine) { $0.append("") }
    case 3, 4, 5: try changeLine(file, machine)
    case 6:
      let line = line()
      let place = chance.next()
      try change(file, machine) { $0.insert(line, at: Int(place % UInt64($0.count + 1))) }
    case 7:
      let place = chance.next()
      try change(file, machine) { if $0.count > 1 { $0.remove(at: Int(place % UInt64($0.count))) } }
    case 8: try create(name(), machine)
    case 9: try move(file, to: name(), machine)
    case 10: try remove(file, machine)
    case 11: try binary("b\(chance.below(2)).bin", machine)
    case 12: try rewriteEnds(file, machine)
    case 13:
      note("\(machine.name): chmod \(file)")
      unsafe chmod(machine.path + "/" + file, chance.below(2) == 0 ? 0o755 : 0o644)
    default:
      let bullet = "- " + line()
      try change(file, machine) { $0.append(bullet) }
    }
  }

  /// The edits that need two machines.
  private mutating func editTwo() throws {
    let first = chance.below(3)
    let one = machines[first]
    let other = machines[(first + 1 + chance.below(2)) % 3]
    one.isEdited = true
    other.isEdited = true
    let mine = one.files()
    let both = other.files().filter { name in mine.contains { $0.utf8.elementsEqual(name.utf8) } }
    guard let file = both.randomElement(using: &chance) else { return }
    switch chance.below(9) {
    case 0, 1:
      let place = chance.next()
      for machine in [one, other] {
        let line = line()
        try change(file, machine) { $0[Int(place % UInt64($0.count))] = line }
      }
    case 2:
      let name = name()
      for machine in [one, other] { try create(name, machine) }
    case 3:
      let name = name()
      let text = line() + "\n"
      for machine in [one, other] { try write(Array(text.utf8), to: name, machine) }
    case 4:
      try remove(file, one)
      try changeLine(file, other)
    case 5:
      try move(file, to: name(), one)
      try changeLine(file, other)
    case 6:
      for machine in [one, other] { try move(file, to: name(), machine) }
    case 7:
      let name = "t\(chance.below(6))"
      try create(name, one)
      try create(name + "/inner.md", other)
    default:
      let name = "b\(chance.below(2)).bin"
      for machine in [one, other] { try binary(name, machine) }
    }
  }

  // MARK: - Edits

  private mutating func write(_ bytes: [UInt8], to file: String, _ machine: Machine) throws {
    let path = machine.path + "/" + file
    var isFolder: ObjCBool = false
    let isThere = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isThere, isFolder.boolValue { return }
    let folder = (path as NSString).deletingLastPathComponent
    guard
      (try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)) != nil
    else { return }
    let before = Self.words(in: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data())
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    removed.formUnion(before.subtracting(Self.words(in: Data(bytes))))
    note("\(machine.name): write \(file)")
  }

  private mutating func create(_ file: String, _ machine: Machine) throws {
    if FileManager.default.fileExists(atPath: machine.path + "/" + file) { return }
    let text = "# New\n\n\(line())\n\(line())\n"
    try write(Array(text.utf8), to: file, machine)
  }

  private mutating func binary(_ file: String, _ machine: Machine) throws {
    let old = (try? Data(contentsOf: URL(fileURLWithPath: machine.path + "/" + file))) ?? Data()
    // Like a picture that was drawn on: what was there is there still.
    try write([0, 0xFF, 0xFE] + Array(word().utf8) + Array(old), to: file, machine)
  }

  /// Changes the lines of a file, whatever ends them.
  private mutating func change(
    _ file: String, _ machine: Machine, _ body: (inout [String]) -> Void
  ) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: machine.path + "/" + file))
    if bytes.contains(0) { return try binary(file, machine) }
    let text = String(decoding: bytes, as: UTF8.self)
    let end = text.utf8.contains(13) ? "\r\n" : "\n"
    var lines = text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
    let hasEnd = lines.last == ""
    if hasEnd { lines.removeLast() }
    if lines.isEmpty { lines = [""] }
    let count = lines.count
    body(&lines)
    if lines.count == count + 1, lines.last == "" { lines.append(line()) }
    let result = lines.joined(separator: end) + (hasEnd ? end : "")
    try write(Array(result.utf8), to: file, machine)
  }

  /// Changes one word of a line.
  private mutating func changeLine(_ file: String, _ machine: Machine) throws {
    let new = word()
    let place = chance.next()
    try change(file, machine) { lines in
      let row = Int(place % UInt64(lines.count))
      var parts = lines[row].components(separatedBy: " ")
      parts[Int(place / 7 % UInt64(parts.count))] = new
      lines[row] = parts.joined(separator: " ")
    }
  }

  private mutating func rewriteEnds(_ file: String, _ machine: Machine) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: machine.path + "/" + file))
    if bytes.contains(0) { return }
    var text = String(decoding: bytes, as: UTF8.self)
    if chance.below(2) == 0 {
      while text.utf8.last == 10 || text.utf8.last == 13 {
        text = String(decoding: text.utf8.dropLast(), as: UTF8.self)
      }
    } else {
      text = text.replacingOccurrences(of: "\r\n", with: "\n")
        .replacingOccurrences(of: "\n", with: "\r\n")
    }
    try write(Array(text.utf8), to: file, machine)
  }

  private mutating func move(_ file: String, to name: String, _ machine: Machine) throws {
    let target = machine.path + "/" + name
    if FileManager.default.fileExists(atPath: target) { return }
    if chance.below(3) == 0, file.hasSuffix(".md"), name.hasSuffix(".md") {
      note("\(machine.name): notes mv \(file) \(name)")
      let result = machine.run(["mv", "-q", file, name])
      expectInContract(result.status, "mv \(file) \(name): \(result.errors)")
      return
    }
    let folder = (target as NSString).deletingLastPathComponent
    guard
      (try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)) != nil
    else { return }
    let status = unsafe rename(machine.path + "/" + file, target)
    note("\(machine.name): mv \(file) \(name) = \(status)")
  }

  private mutating func remove(_ file: String, _ machine: Machine) throws {
    let path = machine.path + "/" + file
    removed.formUnion(Self.words(in: try Data(contentsOf: URL(fileURLWithPath: path))))
    note("\(machine.name): rm \(file)")
    if chance.below(3) == 0, file.hasSuffix(".md") {
      let result = machine.run(["rm", "-q", file])
      expectInContract(result.status, "rm \(file): \(result.errors)")
    } else {
      unsafe unlink(path)
    }
  }

  // MARK: - Commands

  private mutating func command(_ arguments: [String], _ machine: Machine) throws {
    commands += 1
    let before = machine.words()
    let message = machine.isEdited ? "edited" : "nothing was edited"
    let result = machine.run(arguments + ["-m", message])
    note("\(machine.name): \(arguments[0]) (\(message)) = \(result.status)")
    expectInContract(result.status, "\(arguments): \(result.errors)")
    guard [0, 3, 7].contains(result.status) else { return }
    seen.formUnion(before)
    machine.isEdited = false
  }

  /// Makes a note's text its next version.
  private mutating func cut(_ machine: Machine) throws {
    let notes = machine.files().filter { $0.hasSuffix(".md") }
    guard let file = notes.randomElement(using: &chance) else { return }
    commands += 1
    let before = machine.words()
    let blob = try machine.git("hash-object", "--no-filters", file)
    let result = machine.run(["version", "cut", "-q", "--new", file, "-m", "cut"])
    note("\(machine.name): cut \(file) = \(result.status)")
    expectInContract(result.status, "cut \(file): \(result.errors)")
    guard result.status == 0 else { return }
    seen.formUnion(before)
    machine.isEdited = false
    cuts.insert(String(blob.prefix(40)))
  }

  /// A sync that is killed, told to end, or beside which an editor writes.
  private mutating func interrupt(_ machine: Machine) throws {
    guard FileManager.default.fileExists(atPath: Faults.program) else { return }
    commands += 1
    kills += 1
    let kind = chance.below(4)
    let message = machine.isEdited || kind == 2 ? "edited" : "nothing was edited"
    let sync = [Faults.program, "sync", "-q", "--accept-deletions", "-m", message]
    let pause = UInt32(chance.below(60_000))
    note("\(machine.name): interrupted sync (\(message)), kind \(kind), \(pause)")
    if kind == 0, let faulter = Self.faulter {
      let place = "\(1 + chance.below(160))"
      try runProcess(
        [faulter.path + "/kp", "kill", place, machine.folder] + sync, in: machine.path,
        environment: machine.environment)
      return
    }
    let child = try ChildProcess(sync, in: machine.path, environment: machine.environment)
    usleep(pause)
    switch kind {
    case 1:
      child.send(chance.below(2) == 0 ? SIGTERM : SIGINT)
      let status = try child.wait(seconds: 120)
      if ![130, 143].contains(status) { expectInContract(status, "told to end") }
    case 2:
      if let file = machine.files().randomElement(using: &chance),
        let handle = FileHandle(forUpdatingAtPath: machine.path + "/" + file)
      {
        machine.isEdited = true
        let word = word()
        handle.seekToEndOfFile()
        handle.write(Data("\n\(word)\n".utf8))
        note("\(machine.name): appended \(word) to \(file)")
      }
      expectInContract(try child.wait(seconds: 120), "beside an editor")
    default:
      child.stop()
    }
  }

  /// The tracer, built once; `nil` where the shared tools are missing.
  private static let faulter: TemporaryFolder? = {
    guard Faults.canRun else { return nil }
    let folder = TemporaryFolder()
    let built = try? runProcess(["cc", "-O1", "-o", folder.path + "/kp", Faults.tool])
    return built?.status == 0 ? folder : nil
  }()

  private func expectInContract(_ status: Int32, _ what: String) {
    #expect([0, 1, 2, 3, 5, 7].contains(status), "seed \(seed): \(what)\n\(story)")
  }

  private var story: String { steps.joined(separator: "\n") }

  // MARK: - The end

  /// Syncs in turn until all are level; at most two rounds per machine.
  mutating func settle() throws {
    for round in 0..<(2 * machines.count) {
      for machine in machines {
        try command(["sync", "-q", "--accept-deletions"], machine)
        noteTip()
      }
      let heads = try Set(machines.map { try $0.git("rev-parse", "HEAD") })
      if heads.count == 1, heads.first?.hasPrefix(tips.last ?? "-") == true {
        note("level after \(round + 1) rounds")
        return
      }
    }
    Issue.record("seed \(seed): not level\n\(story)")
  }

  /// What must hold then, as git itself sees it.
  func check() throws {
    let last = try #require(tips.last)
    for machine in machines {
      try expectNothing("\(machine.name) status", machine.git("status", "--porcelain"))
      // With an index that knows no file's time, git reads every byte.
      let fresh = """
        export GIT_INDEX_FILE=.git/fresh; git read-tree HEAD; git status --porcelain
        rm $GIT_INDEX_FILE
        """
      try expectNothing("\(machine.name) bytes", machine.shell(fresh))
      try expectNothing("\(machine.name) fsck", machine.shell(Self.fsck))
      try expectNothing("\(machine.name) rests", machine.shell(Self.findRests))
      try expectNothing(
        "\(machine.name) markers", machine.shell("grep -rl '<<<<<<<' --include=*.md . || true"))
    }
    let first = machines[0]
    func atRemote(_ script: String) throws -> String {
      try first.shell("cd '\(remote)' && \(script)")
    }
    try expectNothing("remote fsck", atRemote(Self.fsck))
    try expectNothing("remote rests", atRemote(Self.findRests))
    for tip in Set(tips) {
      try expectNothing(
        "\(tip) is left out",
        atRemote("git merge-base --is-ancestor \(tip) \(last) || echo \(tip)"))
    }
    try expectNothing(
      "commits without an edit",
      atRemote("git log --no-merges --stat --grep='nothing was edited' main"))
    let grep = "git cat-file --batch | grep -aoE 'kw[0-9]{6}' | sort -u"
    let all = Set(
      try atRemote("git rev-list --objects main | cut -d' ' -f1 | \(grep)").split(separator: "\n"))
    let end = Set(
      try atRemote(
        "git ls-tree -r main | grep -v '\t.notes/versions/' | cut -f1 | cut -d' ' -f3 | \(grep)"
      ).split(separator: "\n"))
    let lost = seen.filter { !all.contains($0[...]) }.sorted()
    expectNothing("lost from the history", lost.joined(separator: " "))
    let missing = seen.filter { !removed.contains($0) && !end.contains($0[...]) }.sorted()
    expectNothing("lost from the notes", missing.joined(separator: " "))
    try checkVersions(atRemote("git ls-tree -r main .notes/versions"))
  }

  /// Every version that was cut is there, with its text, and each ledger counts from 1 on.
  private func checkVersions(_ listing: String) throws {
    var numbers: [Substring: Set<Int>] = [:]
    var texts: Set<String> = []
    for line in listing.split(separator: "\n") {
      let fields = line.split { $0 == " " || $0 == "\t" || $0 == "/" }
      guard let file = fields.last, fields.count == 7 else { continue }
      let parts = file.split(separator: ".")
      if parts[1] == "md" {
        texts.insert(String(fields[2]))
      } else if let number = Int(parts[0].dropFirst()) {
        numbers[fields[5], default: []].insert(number)
      }
    }
    expectNothing("versions lost", cuts.subtracting(texts).sorted().joined(separator: " "))
    for (ledger, own) in numbers {
      #expect(own == Set(1...own.count), "seed \(seed): \(ledger): \(own.sorted())\n\(story)")
    }
  }

  private func expectNothing(_ what: String, _ text: String) {
    #expect(text.isEmpty, "seed \(seed): \(what): \(text)\n\(story)")
  }

  private static let fsck = "git fsck --full --strict --no-dangling 2>&1 | grep -v ^notice || true"
  private static let findRests =
    "find . -path ./.git/notes/trash -prune -o -name index.sqlite.lock "
    + "-o -path '*/pack_git2_*' -o '(' -name '*.lock' -o -name '*notes-*~' -o -name 'tmp_o*' "
    + "-o -name journal ')' -print"

  /// The words of the ledger in some bytes.
  static func words(in data: Data) -> Set<String> {
    var words: Set<String> = []
    let bytes = Array(data)
    var place = 0
    while place + 8 <= bytes.count {
      if bytes[place] == UInt8(ascii: "k"), bytes[place + 1] == UInt8(ascii: "w"),
        bytes[(place + 2)..<(place + 8)].allSatisfy({ (0x30...0x39).contains($0) })
      {
        words.insert(String(decoding: bytes[place..<(place + 8)], as: UTF8.self))
        place += 8
      } else {
        place += 1
      }
    }
    return words
  }
}

/// One of the clones, with a user of its own.
private final class Machine {
  let name: String
  private let vault: TestVault
  /// How far its clock is ahead, in seconds: a day, or a day behind.
  private let clockAhead: Int64
  /// Whether its user has changed something since a command last looked and ended well.
  var isEdited = false

  var path: String { vault.path }
  var folder: String { vault.folder.path }

  init(_ vault: TestVault, _ number: Int) {
    self.vault = vault
    name = "c\(number)"
    clockAhead = [0, 86_400, -86_400][number % 3]
  }

  var environment: [String: String] {
    vault.environment.merging(
      ["GIT_AUTHOR_NAME": name, "GIT_COMMITTER_NAME": name], uniquingKeysWith: { $1 })
  }

  func run(_ arguments: [String]) -> CommandResult {
    vault.run(arguments, environment: environment, clockAhead: clockAhead)
  }

  func git(_ arguments: String...) throws -> String {
    try runProcess(["git"] + arguments, in: path, environment: environment).output
  }

  func shell(_ script: String) throws -> String {
    try runProcess(["sh", "-c", script], in: path, environment: environment).output
  }

  /// The files that a user sees.
  func files() -> [String] {
    let names = FileManager.default.enumerator(atPath: path)
    var files: [String] = []
    while let name = names?.nextObject() as? String {
      if name.hasPrefix(".") { continue }
      var isFolder: ObjCBool = false
      let file = path + "/" + name
      let isThere = unsafe FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
      if isThere, !isFolder.boolValue { files.append(name) }
    }
    return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The words on the disk.
  func words() -> Set<String> {
    files().reduce(into: []) { words, file in
      let data = (try? Data(contentsOf: URL(fileURLWithPath: path + "/" + file))) ?? Data()
      words.formUnion(Soak.words(in: data))
    }
  }
}

extension SplitMix {
  fileprivate mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}
