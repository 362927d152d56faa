internal import FoundationEssentials

/// Asks the user's own command for vectors: a JSON object on a line for each text, and one back for
/// each vector.
struct Embedder {
  let command: String
  let environment: [String: String]
  /// How many numbers each vector must have; `nil` for as many as the first.
  var dimensions: Int?
  /// How long to wait for the next vector, in milliseconds.
  var patience: Int

  private struct Request: Encodable {
    let id: Int
    let text: String
    let query: Bool?
  }

  private struct Answer: Decodable {
    let id: Int
    let vector: [Float]
  }

  /// The vector of a query.
  func vector(ofQuery text: String) throws -> [Float] {
    var found: [Float] = []
    var texts = [(id: 0, text: text)]
    try run(isQuery: true, next: { texts.popLast() }, take: { found = $1 })
    return found
  }

  /// Gives the command one text after another, and takes each vector as it comes.
  ///
  /// - Throws: `LineFault`; what was taken before is good.
  func run(
    isQuery: Bool = false, next: () -> (id: Int, text: String)?,
    take: (_ id: Int, _ vector: [Float]) throws -> Void
  ) throws {
    let child = try LineProcess(command, environment: environment)
    defer { child.end() }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var dimensions = dimensions
    var open: Set<Int> = []
    var isLast = false
    var deadline = LineProcess.now + Int64(patience)
    while true {
      while !isLast, open.count < 256, child.outgoing.count < 65_536 {
        guard let (id, text) = next() else {
          isLast = true
          break
        }
        open.insert(id)
        let request = Request(id: id, text: text, query: isQuery ? true : nil)
        child.outgoing += try [UInt8](encoder.encode(request)) + [0x0A]
      }
      if isLast, child.outgoing.isEmpty { child.closeInput() }
      if isLast, open.isEmpty { return }
      let left = deadline - LineProcess.now
      guard left > 0 else {
        throw LineFault(words: "it gave no vector within \(patience / 1_000) s, and was ended")
      }
      let isOpen = try child.exchange(wait: Int32(clamping: left))
      while let line = child.nextLine() {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line)) else {
          let shown = String(decoding: line.prefix(60), as: UTF8.self)
          throw LineFault(words: "it printed what is no vector: \(StyledText.visible(shown))")
        }
        guard open.remove(answer.id) != nil else {
          throw LineFault(words: "it printed a vector for \(answer.id), which was not asked for")
        }
        let expected = dimensions ?? answer.vector.count
        guard expected > 0, expected <= 16_384, answer.vector.count == expected else {
          throw LineFault(
            words: "it printed a vector of \(answer.vector.count) numbers, not \(expected)")
        }
        guard answer.vector.allSatisfy(\.isFinite) else {
          throw LineFault(words: "it printed a vector with a number that is none")
        }
        dimensions = expected
        try take(answer.id, answer.vector)
        deadline = LineProcess.now + Int64(patience)
      }
      if !isOpen, !open.isEmpty || !isLast {
        throw LineFault(words: "it ended early\(child.lastWords)")
      }
    }
  }
}
