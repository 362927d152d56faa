import Foundation
import TestSupport
import Testing

@Suite("a journal that cannot be read")
struct DamagedJournalTests {
  let here: TestVault
  let there: TestVault

  /// Two machines with `n.md`, `p.md` and `p/x.md`; the other one changed `n.md`, and made `new.md`.
  init() throws {
    here = try TestVault()
    try here.makeRemote()
    try here.write("# N\n\none\n\nlast\n", to: "n.md")
    try here.write("mine\n", to: "p.md")
    try here.write("# X\n\nfirst\n\nlast\n", to: "p/x.md")
    try here.notes("sync", "--remote", here.remote).succeeded()
    there = try here.cloned()
    try there.write("# N\n\ntwo\n\nlast\n", to: "n.md")
    try there.write("# X\n\nfirst, there\n\nlast\n", to: "p/x.md")
    try there.write("new\n", to: "new.md")
    try there.notes("sync").succeeded()
  }

  /// What a sync leaves that is killed once its branch has moved, before it writes a file.
  private func leave(_ journal: String) throws {
    try here.git("fetch", "-q")
    try here.git("update-ref", "refs/heads/main", "origin/main")
    try here.write(journal, to: ".git/notes/journal")
    let begin = Int64(Date().timeIntervalSince1970 * 1_000_000_000) - 1_000_000_000
    try here.write("notes sync (process 1)\n\(begin)\n", to: ".git/notes/lock")
  }

  @Test(
    "takes nothing that a killed sync brought for the user's edit, and is named by doctor",
    arguments: zip(
      ["", "\0\0\0\0\n", #"{"format":1,"command":"notes sync","#, #"{"format":1}"# + "\n"],
      ["status", "list", "sync", "save"]))
  func damaged(journal: String, command: String) throws {
    try leave(journal)
    let new = try here.git("rev-parse", "HEAD").output
    let first = try here.run([command]).succeeded()
    #expect(first.errors.contains("what a killed command left is damaged"), "\(first.errors)")
    if command == "status" { #expect(first.output == "") }
    try here.notes("sync").succeeded()
    #expect(try here.git("rev-parse", "HEAD").output == new)
    #expect(try here.read("n.md") == "# N\n\ntwo\n\nlast\n")
    #expect(try here.read("new.md") == "new\n")
    #expect(try here.git("status", "--porcelain").output == "")
    let doctor = here.notes("doctor")
    #expect(doctor.status == 1 && doctor.output.contains("trash/damaged-journal-"))
    try runProcess(["sh", "-c", "rm .git/notes/trash/damaged-journal-*"], in: here.path)
    try here.notes("doctor").succeeded()
  }

  @Test("leaves what was written meanwhile in a file that was not come to")
  func edited() throws {
    try leave("")
    try here.write("# N\n\none\n\nlast, here\n", to: "n.md")
    try here.notes("sync").succeeded()
    #expect(try here.read("n.md") == "# N\n\ntwo\n\nlast, here\n")
    try there.notes("sync").succeeded()
    #expect(try there.read("n.md") == "# N\n\ntwo\n\nlast, here\n")
  }

  @Test("of a command that is no sync undoes nothing of what was written since")
  func noSync() throws {
    try here.notes("sync").succeeded()
    try here.write("# N\n\none\n\nlast\n", to: "n.md")
    try here.notes("rm", "new").succeeded()
    try here.write("no journal", to: ".git/notes/journal")
    try here.notes("save").succeeded()
    #expect(try here.git("show", "HEAD:n.md").output == "# N\n\none\n\nlast\n")
    #expect(!here.has("new.md"))
    #expect(here.notes("doctor").output.contains("damaged-journal-"))
  }

  @Test(
    "since another version wrote it lets nothing be written, and is finished by that version",
    arguments: ["journal", "unwritten"])
  func otherFormat(file: String) throws {
    if file == "journal" {
      let old = try here.git("rev-parse", "HEAD").output.dropLast()
      try leave("")
      let new = try here.git("rev-parse", "HEAD").output.dropLast()
      let blobs = try [old, new].map { try here.git("rev-parse", "\($0):n.md").output.dropLast() }
      try here.write(
        """
        {"format":1,"command":"notes sync","time":1,"reference":"refs/heads/main","old":"\(old)",\
        "new":"\(new)","changes":[{"path":"n.md","before":{"blob":"\(blobs[0])"},\
        "after":{"blob":"\(blobs[1])"}}]}

        """, to: ".git/notes/journal")
    } else {
      try moveOut("p")
      #expect(here.notes("sync").status == 2)
      try moveBack("p")
    }
    func turn(_ from: Int, _ to: Int) throws {
      let text = try here.read(".git/notes/\(file)")
      try here.write(
        text.replacingOccurrences(of: #""format":\#(from)"#, with: #""format":\#(to)"#),
        to: ".git/notes/\(file)")
    }
    try turn(1, 2)
    for command in [["save"], ["sync"]] {
      let refused = here.run(command)
      #expect(refused.status == 4 && refused.errors.contains("another version of notes"))
    }
    #expect(here.notes("doctor").output.contains("another version of notes"))
    let list = try here.notes("list").succeeded()
    if file == "journal" {
      #expect(list.errors.contains("another version of notes"), "\(list.errors)")
      #expect(here.notes("add", "Own", "words").status == 4)
      #expect(here.notes("status").output == "")
      #expect(try here.read("n.md") == "# N\n\none\n\nlast\n")
    }
    try turn(2, 1)
    let head = try here.git("rev-parse", "origin/main").output
    if file == "journal" {
      try here.notes("save").succeeded()
      #expect(try here.read("n.md") == "# N\n\ntwo\n\nlast\n")
    } else {
      try here.notes("sync").succeeded()
      #expect(try here.git("rev-parse", "HEAD").output == head)
      #expect(try here.read("p/x.md") == "# X\n\nfirst, there\n\nlast\n")
    }
  }

  @Test(
    "or a list of what waits takes no file that could not be written for the user's edit",
    arguments: [false, true], [false, true])
  func damagedList(isEdited: Bool, isSavedBefore: Bool) throws {
    try moveOut("p")
    #expect(here.notes("sync").status == 2)
    // Another change of the same file comes before the first could be written.
    try there.write("# X\n\nfirst, there again\n\nlast\n", to: "p/x.md")
    try there.notes("sync").succeeded()
    #expect(here.notes("sync").status == 2)
    if isSavedBefore {
      try here.write("mine, edited\n", to: "p.md")
      try here.notes("save").succeeded()
    }
    try here.write(#"{"changes":[{"after":{"blob":"7"#, to: ".git/notes/unwritten")
    let status = try here.notes("status").succeeded()
    #expect(status.output == "")
    #expect(status.errors.contains("what a killed command left is damaged"), "\(status.errors)")
    if isEdited { try here.write("# X\n\nfirst\n\nlast, here\n", to: "../elsewhere/x.md") }
    try moveBack("p")
    try here.notes("sync").succeeded()
    let text = "# X\n\nfirst, there again\n\nlast\(isEdited ? ", here" : "")\n"
    #expect(try here.read("p/x.md") == text)
    try there.notes("sync").succeeded()
    #expect(try there.read("p/x.md") == text)
    #expect(here.notes("doctor").output.contains("trash/damaged-unwritten-"))
  }

  /// Moves a folder out of the vault and leaves a link to it.
  private func moveOut(_ name: String) throws {
    try runProcess(["mv", name, "../elsewhere"], in: here.path)
    try runProcess(["ln", "-s", "../elsewhere", name], in: here.path)
  }

  private func moveBack(_ name: String) throws {
    try runProcess(["rm", name], in: here.path)
    try runProcess(["mv", "../elsewhere", name], in: here.path)
  }
}
