import Foundation
import TestSupport
import Testing

/// What becomes of long results on a terminal.
@Suite("the pager")
struct PagerTests {
  /// Runs the program on a terminal of its own; `{}` in what is sent waits for what was printed before it.
  private func onTerminal(
    _ arguments: [String], in vault: TestVault, _ variables: [String: String], talk: String
  ) throws -> String {
    let script = """
      import os, pty, sys
      pid, terminal = pty.fork()
      if pid == 0:
          os.execv(sys.argv[1], sys.argv[1:])
      seen = b""
      def until(text):
          global seen
          while text not in seen: seen += os.read(terminal, 65536)
          before, seen = seen.split(text, 1)
          return before
      def rest():
          global seen
          try:
              while more := os.read(terminal, 65536): seen += more
          except OSError: pass
          return seen.decode()
      def key(text): os.write(terminal, text)
      \(talk)
      print(rest(), "status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """
    let result = try runProcess(
      ["python3", "-c", script, Faults.program] + arguments, in: vault.path,
      environment: vault.environment.merging(variables) { $1 })
    #expect(result.errors.isEmpty)
    return result.output.replacing("\r\n", with: "\n")
  }

  private func program(_ script: String, _ name: String, in vault: TestVault) throws -> String {
    try vault.write("#!/bin/sh\n\(script)\n", to: name)
    try runProcess(["chmod", "+x", vault.path + "/" + name])
    return vault.path + "/" + name
  }

  @Test("Ctrl-C is the pager's, and the command ends after it")
  func interrupted() throws {
    let vault = try TestVault()
    try vault.write("# Long\n\nthe text\n", to: "long.md")
    let pager = try program(
      "trap 'echo interrupted' INT; cat; echo ready; until read key </dev/tty; do :; done; echo left",
      "pager", in: vault)
    let output = try onTerminal(
      ["show", "long"], in: vault, ["NOTES_PAGER": pager, "TERM": "xterm"],
      talk: """
        until(b"ready"); key(b"\\x03"); until(b"interrupted"); key(b"q\\r"); until(b"left")
        """)
    #expect(output.hasSuffix("status 0\n"), "\(output)")
  }

  @Test("Ctrl-C is the editor's, and what it writes then is kept")
  func interruptedEditor() throws {
    let vault = try TestVault()
    try vault.write("# Long\n", to: "long.md")
    let editor = try program(
      "trap 'echo interrupted' INT; echo ready; until read key </dev/tty; do :; done; echo new >>\"$1\"",
      "editor", in: vault)
    let output = try onTerminal(
      ["edit", "long"], in: vault, ["VISUAL": editor, "TERM": "xterm"],
      talk: #"until(b"ready"); key(b"\x03"); until(b"interrupted"); key(b"q\r")"#)
    #expect(output.hasSuffix("status 0\n"), "\(output)")
    #expect(try vault.read("long.md").hasSuffix("new\n"))
  }

  @Test("news that a pager was left before are told again, and what it had taken is not")
  func leftEarly() throws {
    let vault = try TestVault()
    for number in 0..<5 { try vault.write("# Note \(number)\n\nNews.\n", to: "n\(number).md") }
    try vault.notes("save").succeeded()
    let readers = ["read line": 0, "cat": 1]
    for (reader, status) in readers.sorted(by: { $0.value < $1.value }) {
      let pager = try program(reader, "pager", in: vault)
      let output = try onTerminal(
        ["changes"], in: vault, ["NOTES_PAGER": pager, "TERM": "xterm"], talk: "")
      #expect(output.hasSuffix("status 0\n"), "\(output)")
      #expect(vault.notes("changes", "--keep", "--path", "n*").status == status, "\(reader)")
    }
  }

  @Test("a pager that is not there swallows nothing", arguments: ["/no/such", "no-such-one"])
  func missing(pager: String) throws {
    let vault = try TestVault()
    try vault.write("# Long\n\nthe text\n", to: "long.md")
    let output = try onTerminal(
      ["show", "long"], in: vault, ["NOTES_PAGER": pager, "TERM": "xterm"], talk: "")
    #expect(output.contains("the text"))
    #expect(output.hasSuffix("status 0\n"))
  }
}
