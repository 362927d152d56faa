import Foundation
import Git
import TestSupport
import Testing
import Vault

@testable import History

/// Trees made up at random, planned for, and held against what must always be true.
///
/// `NOTES_PLANS=1000000` plans that many, and `NOTES_SEED=7` begins with that seed.
@Suite("the plan of a merge")
struct TreePlanTests {
  static let seeds: [UInt64] = {
    let all = TestSupport.seeds("NOTES_PLANS", usually: 4_000)
    return Array(stride(from: all.lowerBound, to: all.upperBound, by: 1_000))
  }()

  @Test("keeps every content, and makes a tree, whatever the two sides did", arguments: seeds)
  func keepsAll(seed: UInt64) throws {
    for seed in seed..<(seed + 1_000) {
      let scenario = Scenario(seed: seed)
      let plan = try scenario.plan()
      let result = scenario.result(of: plan)
      scenario.expectTree(result)
      scenario.expectNothingLost(result, plan)
      scenario.expectUntouchedFiles(result, plan)
    }
  }

  @Test("of a side that did nothing takes the other as it is", arguments: seeds)
  func takesTheOther(seed: UInt64) throws {
    for seed in seed..<(seed + 1_000) {
      var scenario = Scenario(seed: seed)
      scenario.ours = scenario.base
      let taken = try scenario.plan()
      #expect(scenario.result(of: taken) == scenario.theirs.files, "seed \(seed)")
      #expect(taken.waiting.isEmpty, "seed \(seed)")
      scenario.ours = scenario.theirs
      scenario.theirs = scenario.base
      #expect(scenario.result(of: try scenario.plan()) == scenario.ours.files, "seed \(seed)")
      scenario.theirs = scenario.ours
      let same = try scenario.plan()
      #expect(scenario.result(of: same) == scenario.ours.files, "seed \(seed)")
      #expect(same.waiting.isEmpty, "seed \(seed)")
    }
  }

  @Test("keeps the same new contents whoever merges", arguments: seeds)
  func isFair(seed: UInt64) throws {
    for seed in seed..<(seed + 1_000) {
      var scenario = Scenario(seed: seed)
      let one = try scenario.plan()
      let kept = scenario.contents(scenario.result(of: one), one)
      swap(&scenario.ours, &scenario.theirs)
      let other = try scenario.plan()
      // A text that both began with may be in a record of one of them only.
      let old = Set(scenario.base.files.values.map(\.id))
      let others = scenario.contents(scenario.result(of: other), other)
      #expect(kept.subtracting(old) == others.subtracting(old), "seed \(seed)")
    }
  }

  @Test("is the same whatever the order of the names", arguments: seeds)
  func hasNoOrder(seed: UInt64) throws {
    for seed in seed..<(seed + 1_000) {
      let scenario = Scenario(seed: seed)
      let mirrored = scenario.mirrored()
      for plans in [
        (try scenario.plan(), try mirrored.plan()),
        (try scenario.planByIDs(), try mirrored.planByIDs()),
      ] {
        let result = scenario.result(of: plans.0)
        #expect(
          Scenario.mirrored(result) == mirrored.result(of: plans.1), "seed \(seed)")
      }
    }
  }

  @Test("keeps every content where two notes exchanged their names too", arguments: seeds)
  func keepsAllByIDs(seed: UInt64) throws {
    for seed in seed..<(seed + 1_000) {
      let scenario = Scenario(seed: seed)
      let plan = try scenario.planByIDs()
      let result = scenario.result(of: plan)
      scenario.expectTree(result)
      scenario.expectNothingLost(result, plan)
    }
  }

  @Test("puts their file where ours was taken away to make room, and leaves no one's folder")
  func makesRoom() throws {
    var scenario = Scenario(seed: 0)
    scenario.base = Side(files: ["a": .text(1), "b/x": .text(2), "c": .text(3)])
    scenario.ours = Side(files: ["a": .text(1), "b/x": .text(2), "c": .text(4)])
    scenario.theirs = Side(files: ["a/y": .text(5), "b": .text(6), "c": .text(3)])
    let plan = try scenario.plan()
    #expect(
      scenario.result(of: plan) == ["a/y": .text(5), "b": .text(6), "c": .text(4)])
    #expect(plan.waiting.isEmpty)
  }

  @Test("keeps what they put where ours stands, though both moved ours too")
  func keepsWhatWasPutThere() throws {
    var scenario = Scenario(seed: 0)
    scenario.base = Side(files: ["a": .text(1), "b": .text(2)])
    scenario.ours = Side(files: ["a": .text(1), "j": .text(2)], origins: ["j": "b"])
    scenario.theirs = Side(files: ["j": .text(3), "k": .text(4)], origins: ["j": "a", "k": "b"])
    let plan = try scenario.plan()
    #expect(
      scenario.contents(scenario.result(of: plan), plan).isSuperset(
        of: [3, 4].map(ObjectID.numbered)))
  }

  @Test("gives a note their place where theirs has another file at ours, in a ring too")
  func takesTheirPlace() throws {
    var scenario = Scenario(seed: 0)
    scenario.base = Side(files: ["a": .text(1), "b": .text(2)])
    scenario.ours = Side(files: ["j": .text(3), "b": .text(2)], origins: ["j": "a"])
    scenario.theirs = Side(files: ["k": .text(1), "j": .text(2)], origins: ["k": "a", "j": "b"])
    let plan = try scenario.plan()
    #expect(scenario.result(of: plan) == ["k": .text(3), "j": .text(2)])
    #expect(plan.waiting.isEmpty)
    scenario.ours = Side(files: ["j": .text(1), "k": .text(4)], origins: ["j": "a", "k": "b"])
    #expect(scenario.result(of: try scenario.plan()) == ["k": .text(1), "j": .text(4)])
  }

  @Test("leaves a note where it was that one moved to the name of another's new file or note")
  func staysWhereItWas() throws {
    var scenario = Scenario(seed: 0)
    scenario.base = Side(files: ["a": .text(1), "b": .text(2)])
    let moved = Side(files: ["j": .text(1), "b": .text(2)], origins: ["j": "a"])
    let made = Side(files: ["a": .text(1), "b": .text(2), "j": .text(3)])
    (scenario.ours, scenario.theirs) = (moved, made)
    #expect(scenario.result(of: try scenario.plan()) == made.files)
    (scenario.ours, scenario.theirs) = (made, moved)
    let plan = try scenario.plan()
    #expect(scenario.result(of: plan) == made.files)
    #expect(plan.waiting.isEmpty && plan.outcomes.values.allSatisfy { $0?.isMerged != true })
    // Of two that got one name, theirs has it.
    let other = Side(files: ["a": .text(1), "j": .text(2)], origins: ["j": "b"])
    (scenario.ours, scenario.theirs) = (moved, other)
    #expect(scenario.result(of: try scenario.plan()) == other.files)
  }

  @Test("leaves a note where it was that was moved to the name of one that its mover removed")
  func staysBesideWhatComesBack() throws {
    for name: GitPath in ["a", "z"] {
      var scenario = Scenario(seed: 0)
      scenario.base = Side(files: [name: .text(1), "m": .text(2)])
      let moved = [
        FileChange(name, .text(1), nil),
        FileChange(renamedFrom: "m", to: name, .text(2), .text(2)),
      ]
      let changed = [FileChange(name, .text(1), .text(3)), FileChange("m", .text(2), .text(4))]
      for isMover in [true, false] {
        scenario.ours = Side(files: isMover ? [name: .text(2)] : [name: .text(3), "m": .text(4)])
        let (ours, theirs) = isMover ? (moved, changed) : (changed, moved)
        let plan = try TreePlan(ours, to: .numbered(0), theirs, from: scenario)
        #expect(scenario.result(of: plan) == [name: .text(3), "m": .text(4)])
        #expect(plan.waiting.map(\.kind) == [.changedAndRemoved])
      }
    }
  }

  @Test("exchanges two names, or moves in a row, whichever of the notes the other side changed")
  func exchangesNames() throws {
    for (first, second): (GitPath, GitPath) in [("a", "b"), ("b", "a")] {
      for goal: GitPath in [first, "c"] {
        for isMover in [true, false] {
          var scenario = Scenario(seed: 0)
          scenario.base = Side(
            files: [first: .text(1), second: .text(2)], origins: [first: first, second: second])
          let moved = Side(
            files: [second: .text(1), goal: .text(2)], origins: [second: first, goal: second])
          var changed = scenario.base
          changed.files[second] = .text(3)
          (scenario.ours, scenario.theirs) = isMover ? (moved, changed) : (changed, moved)
          let plan = try scenario.planByIDs()
          #expect(scenario.result(of: plan) == [second: .text(1), goal: .text(3)])
          #expect(plan.waiting.isEmpty)
        }
      }
    }
  }

  @Test("leaves a note where it was that they moved to a name no tree may have")
  func staysFromReservedNames() throws {
    var scenario = Scenario(seed: 0)
    scenario.base = Side(files: ["a": .text(1)])
    scenario.ours = Side(files: ["a": .text(1), "b": .text(2)])
    scenario.theirs = Side(files: [".git/hooks/a": .text(1), "x/../y": .text(3)])
    scenario.theirs.origins = [".git/hooks/a": "a"]
    #expect(scenario.result(of: try scenario.plan()) == ["a": .text(1), "b": .text(2)])
  }

  @Test("keeps a file of theirs whose name is not UTF-8, and the texts of both who changed it")
  func keepsOddNames() throws {
    let odd = GitPath(bytes: [0x66, 0xE9, 0x2E, 0x6D, 0x64])
    var scenario = Scenario(seed: 0)
    scenario.ours = Side(files: ["b": .text(2)])
    scenario.theirs = Side(files: [odd: .text(3)])
    scenario.base = Side()
    #expect(scenario.result(of: try scenario.plan())[odd] == .text(3))
    scenario.ours.files[odd] = .text(4)
    let plan = try scenario.plan()
    #expect(Set(scenario.result(of: plan).values) == [.text(2), .text(3), .text(4)])
  }

  @Test(
    "puts a file whose name no record can have into another folder where ours stands in its folder's place",
    .timeLimit(.minutes(1)))
  func putsBesideTheFolder() throws {
    let name = Array("/caf".utf8) + [0xE9]
    var scenario = Scenario(seed: 0)
    scenario.base = Side()
    scenario.ours = Side(files: ["s": .text(1), "t": .text(1), "t (00000000)": .text(1)])
    scenario.theirs = Side(files: [
      GitPath(bytes: Array("s".utf8) + name): .text(2),
      GitPath(bytes: Array("t".utf8) + name): .text(3),
    ])
    #expect(
      scenario.result(of: try scenario.plan()) == [
        "s": .text(1), "t": .text(1), "t (00000000)": .text(1),
        GitPath(bytes: Array("s (00000000)".utf8) + name): .text(2),
        GitPath(bytes: Array("t (00000000 2)".utf8) + name): .text(3),
      ])
  }

  @Test("leaves what stands below a name that no tree may have as it is, whatever they did to it")
  func leavesForbiddenNames() throws {
    var scenario = Scenario(seed: 0)
    scenario.base = Side(files: ["../f": .text(1), "a": .text(2)])
    scenario.ours = Side(files: ["../f": .text(1), "a": .text(3)])
    scenario.theirs = Side(files: ["../f": .text(4), "a": .text(2)])
    #expect(try scenario.plan().outcomes.keys.contains("../f") == false)
  }

  @Test("never takes what was not come to yet for somebody's edit")
  func looksAtTheDisk() {
    for bits in 0..<16 {
      let seen = Seen(
        isBefore: bits & 1 != 0, isAfter: bits & 2 != 0, isSource: bits & 4 != 0,
        hasMode: bits & 8 != 0)
      let isKnown = seen.isBefore || seen.isAfter || seen.isSource
      #expect((seen.verdict == .merge) == !isKnown)
      #expect((seen.verdict == .done) == (seen.isAfter && seen.hasMode))
    }
  }
}

extension TreePlan.File {
  fileprivate var isMerged: Bool {
    if case .merge = content { true } else { false }
  }
}
