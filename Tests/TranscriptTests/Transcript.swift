import Foundation

/// The `console` blocks of a Markdown file: what is typed, and what must come out.
struct Transcript {
  /// One command and its output.
  struct Step {
    /// The line of the file it stands on, counted from 1.
    let line: Int
    /// What is typed, of several lines where lines with `>` follow.
    var command: String
    /// The lines that must come out, standard output and standard error together.
    var expected: [String] = []
  }

  /// The commands in order.
  let steps: [Step]

  /// Whether the folder is no vault until a command makes it one.
  var makesItsVault: Bool { steps.contains { $0.command.hasPrefix("notes init") } }

  /// Reads the blocks of a file's text.
  init(_ text: String) {
    var steps: [Step] = []
    var isInside = false
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line == "```console" {
        isInside = true
      } else if line == "```" {
        isInside = false
      } else if !isInside {
        continue
      } else if line.hasPrefix("$ ") {
        steps.append(Step(line: number + 1, command: String(line.dropFirst(2))))
      } else if line.hasPrefix("> "), let last = steps.indices.last, steps[last].expected.isEmpty {
        steps[last].command += "\n" + line.dropFirst(2)
      } else if let last = steps.indices.last {
        steps[last].expected.append(String(line))
      }
    }
    self.steps = steps
  }

  /// The steps as one script of `sh`, which prints a mark and a line feed behind each.
  ///
  /// `$?` is what it would be in a terminal: the status of the command before.
  func script(mark: String) -> String {
    steps.map { step in
      """
      (exit ${status:-0})
      {
      \(step.command)
      } </dev/null 2>&1
      status=$?
      echo '\(mark)'

      """
    }.joined()
  }
}

/// Whether printed lines are what a transcript expects.
///
/// `…` fits anything within a line, and as a line of its own any lines.
func matches(_ printed: ArraySlice<String>, _ expected: ArraySlice<String>) -> Bool {
  guard let first = expected.first else { return printed.isEmpty }
  if first == "…" {
    return (printed.startIndex...printed.endIndex).contains {
      matches(printed[$0...], expected.dropFirst())
    }
  }
  guard let line = printed.first, fits(line[...], first[...]) else { return false }
  return matches(printed.dropFirst(), expected.dropFirst())
}

private func fits(_ line: Substring, _ pattern: Substring) -> Bool {
  guard let dots = pattern.firstIndex(of: "…") else { return line == pattern }
  guard line.hasPrefix(pattern[..<dots]) else { return false }
  var rest = line.dropFirst(pattern[..<dots].count)
  let behind = pattern[pattern.index(after: dots)...]
  while true {
    if fits(rest, behind) { return true }
    if rest.isEmpty { return false }
    rest.removeFirst()
  }
}

/// Text in which the short names of commits, ten hexadecimal digits, are all the same.
func withoutCommitNames(_ text: String) -> String {
  var result = ""
  var word = ""
  func isHex(_ word: String) -> Bool {
    word.utf8.count == 10
      && word.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
  for character in text {
    if character.isASCII, character.isLetter || character.isNumber {
      word.append(character)
      continue
    }
    result += isHex(word) ? "<commit>" : word
    result.append(character)
    word = ""
  }
  return result + (isHex(word) ? "<commit>" : word)
}
