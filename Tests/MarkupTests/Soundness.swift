import Foundation
import Markup
import TestSupport
import Testing

/// Whether every range of a document lies in its bytes, in order, and blocks do not overlap.
func isSound(_ document: Document) -> Bool {
  let all = 0..<document.bytes.count
  func isIn(_ range: Range<Int>) -> Bool {
    range.lowerBound >= all.lowerBound && range.upperBound <= all.upperBound
  }
  func isOrdered(_ ranges: [Range<Int>]) -> Bool {
    zip(ranges, ranges.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound }
  }
  let lists: [[Range<Int>]] = [
    document.links.map(\.range), document.tags.map(\.range), document.headings.map(\.range),
    document.codeBlocks.map(\.content), document.math.map(\.content),
    document.footnotes.map(\.range), document.callouts.map(\.range),
    document.citations.map(\.range), document.blocks.map(\.range),
  ]
  let blocks = document.blocks.map(\.range)
  return lists.allSatisfy { $0.allSatisfy(isIn) && isOrdered($0) }
    && document.links.allSatisfy { isIn($0.targetRange) }
    && document.definitions.allSatisfy { isIn($0.targetRange) }
    && isIn(document.body) && document.frontmatter.map { isIn($0.range) } != false
    && zip(blocks, blocks.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    && document.tags.allSatisfy { document.bytes[$0.range.lowerBound] == UInt8(ascii: "#") }
}

/// Two edits of a text made up at random, merged both ways round.
struct RandomMerge {
  /// The merge, and what this side has after it.
  let merge: TextMerge
  let merged: String
  /// Whether it is the same with the sides exchanged.
  let isSymmetric: Bool
  private let story: String

  init(base: String, ours: String, theirs: String) {
    let texts = [base, ours, theirs].map { Array($0.utf8) }
    merge = TextMerge(base: texts[0], ours: texts[1], theirs: texts[2])
    let exchanged = TextMerge(base: texts[0], ours: texts[2], theirs: texts[1])
    isSymmetric = merge.text(.ours) == exchanged.text(.theirs)
    merged = String(decoding: merge.text(.ours), as: UTF8.self)
    story = "\(base)=== ours\n\(ours)=== theirs\n\(theirs)=== merged\n\(merged)"
  }

  /// Records what is wrong with it, which seed made it, and its texts.
  func expect(_ faults: [String], seed: UInt64) {
    let faults = (isSymmetric ? [] : ["it depends on the sides"]) + faults
    #expect(faults.isEmpty, "seed \(seed): \(faults.joined(separator: "; "))\n\(story)")
  }
}

/// The notes of the real vault.
func vaultNotes() throws -> [(path: String, bytes: [UInt8])] {
  let root = SharedData.path + "/vault"
  return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".md") }
    .map { ($0, Array(try Data(contentsOf: URL(fileURLWithPath: root + "/" + $0)))) }
}
