import Testing
import Vault

@testable import NotesCLI

@Suite("the picker's keys")
struct PickerKeyTests {
  @Test(
    "bytes become keys",
    arguments: [
      ([0x61, 0x62], [PickerKey.text("a"), .text("b")]), ([0xC3, 0xA9], [.text("é")]),
      ([0x1B, 0x5B, 0x41], [.up]), ([0x1B, 0x4F, 0x42], [.down]), ([0x0E, 0x10], [.down, .up]),
      ([0x7F, 0x15, 0x17], [.backspace, .eraseAll, .eraseWord]), ([0x0D], [.enter]),
      ([0x03], [.leave]), ([0x1B, 0x5B, 0x35, 0x7E], [.pageUp]),
      // A key that nobody knows is nothing, whatever its length.
      ([0x1B, 0x5B, 0x31, 0x3B, 0x35, 0x43, 0x78], [.text("x")]), ([0xFF, 0x78], [.text("x")]),
    ] as [([UInt8], [PickerKey])])
  func keys(bytes: [UInt8], expected: [PickerKey]) {
    var keys = PickerKeys()
    #expect(keys.read(bytes) == expected)
    #expect(!keys.isWaiting)
  }

  @Test("a character or a sequence may come in parts, and an escape alone leaves")
  func parts() {
    var keys = PickerKeys()
    #expect(keys.read([0xC3]).isEmpty)
    #expect(keys.isWaiting)
    #expect(keys.read([0xA9]) == [.text("é")])
    #expect(keys.read([0x1B]).isEmpty)
    #expect(keys.read([0x5B]).isEmpty)
    #expect(keys.read([0x42]) == [.down])
    #expect(keys.read([0x1B]).isEmpty)
    #expect(keys.read([], isLast: true) == [.leave])
    #expect(keys.read([0x1B, 0x1B], isLast: true) == [.leave, .leave])
  }
}

@Suite("the picker")
struct PickerStateTests {
  private func item(_ name: String) throws -> PickerItem {
    PickerItem(path: try NotePath("\(name).md"), title: name.uppercased())
  }

  private func text(_ state: inout PickerState, rows: Int = 10, columns: Int = 40) -> [String] {
    state.screen(rows: rows, columns: columns).lines.map { $0.rendered(colour: false) }
  }

  @Test("typing searches, and what is found is shown with the first chosen")
  func typing() throws {
    var state = PickerState(query: "ka")
    #expect(state.take(.text("l")) == .search)
    #expect(state.query == "kal")
    state.show([try item("a"), try item("b")], total: 1_234)
    #expect(
      text(&state) == [
        "> kal", "  2 of 1,234 notes  (Enter edits, Esc l…", "▸ A  a.md", "  B  b.md",
      ])
    #expect(state.screen(rows: 10, columns: 40).cursor == 5)
  }

  @Test("arrows move within the list, and Enter takes what is chosen")
  func moving() throws {
    var state = PickerState(query: "x")
    state.show([try item("a"), try item("b")], total: 2)
    #expect(state.take(.up) == .draw)
    #expect(state.take(.enter) == .edit(try NotePath("a.md")))
    _ = state.take(.down)
    _ = state.take(.down)
    #expect(state.take(.enter) == .edit(try NotePath("b.md")))
    #expect(text(&state)[3] == "▸ B  b.md")
  }

  @Test("the list goes along with what is chosen")
  func scrolling() throws {
    var state = PickerState(query: "x")
    state.show(try (0..<50).map { try item("n\($0)") }, total: 50)
    _ = text(&state)
    _ = state.take(.pageDown)
    _ = state.take(.down)
    let lines = text(&state)
    #expect(lines.count == 10)
    #expect(lines.last == "▸ N9  n9.md")
    for _ in 0..<60 { _ = state.take(.up) }
    #expect(text(&state)[2] == "▸ N0  n0.md")
  }

  @Test("where nothing is found, Enter offers to make it")
  func creating() {
    var state = PickerState(query: " new  thing ")
    state.show([], total: 0)
    #expect(text(&state).last == "▸ create \"new thing\"")
    #expect(state.take(.enter) == .create("new thing"))
    var blank = PickerState(query: "  ")
    #expect(blank.take(.enter) == .draw)
  }

  @Test("erasing a letter, a word, all; leaving")
  func erasing() {
    var state = PickerState(query: "one two é")
    _ = state.take(.backspace)
    #expect(state.query == "one two ")
    _ = state.take(.eraseWord)
    #expect(state.query == "one ")
    #expect(state.take(.eraseAll) == .search)
    #expect(state.query == "")
    #expect(state.take(.backspace) == .draw)
    #expect(state.take(.leave) == .leave)
  }

  @Test("no line is wider than the screen, whatever a title holds", arguments: [3, 8, 20, 41])
  func width(columns width: Int) throws {
    var state = PickerState(query: "扩散模型扩散模型扩散模型 \u{1B}[31m")
    state.show(
      [
        PickerItem(path: try NotePath("a.md"), title: "扩散模型与分数匹配的关系与应用研究综述"),
        PickerItem(path: try NotePath("b.md"), title: "evil \u{1B}[2J \u{202E} title\nwith a line"),
        PickerItem(
          path: try NotePath("c.md"), title: "e\u{301}" + String(repeating: "x", count: 80)),
      ], total: 3)
    state.preview = ["5: 散模 a long passage of words that must be broken somewhere \u{7}"]
    let lines = text(&state, rows: 20, columns: width)
    #expect(lines.count <= 20)
    for line in lines {
      #expect(columns(of: line) <= width, "\(line)")
      #expect(!line.contains("\n") && !line.contains("\u{1B}") && !line.contains("\u{7}"))
    }
  }

  @Test("there is a preview where there is room")
  func preview() throws {
    var state = PickerState(query: "x")
    state.show([try item("a")], total: 1)
    state.preview = ["5: the passage"]
    #expect(text(&state, rows: 20).last == "5: the passage")
    #expect(!text(&state, rows: 8).contains("5: the passage"))
  }
}
