import Foundation
import Synchronization
import Testing

@testable import Vault

@Suite("handing things from thread to thread")
struct HandoverTests {
  /// What a maker of numbers has done so far.
  private final class Maker: Sendable {
    private let made = Atomic(0)
    private let over = Atomic(false)

    init(of count: Int, for handover: Handover<Int>, places: Int = 1) {
      Thread.detachNewThread { [self] in
        for number in 0..<count {
          guard handover.put(number, places: places) else { break }
          made.add(1, ordering: .relaxed)
        }
        handover.finish()
        over.store(true, ordering: .relaxed)
      }
    }

    var ends: Bool {
      for _ in 0..<5_000 where !over.load(ordering: .relaxed) { usleep(1_000) }
      return over.load(ordering: .relaxed)
    }

    func waits(at count: Int) -> Bool {
      for _ in 0..<5_000 where made.load(ordering: .relaxed) < count { usleep(1_000) }
      usleep(20_000)
      return made.load(ordering: .relaxed) == count
    }
  }

  @Test(
    "they come in their order, and no more are made ahead than there is room for",
    arguments: [(1, 8), (3, 2), (100, 1)])
  func order(places: Int, ahead: Int) {
    let handover = Handover<Int>(places: 8)
    let maker = Maker(of: 100, for: handover, places: places)
    #expect(maker.waits(at: ahead))
    for number in 0..<100 { #expect(handover.next() == number) }
    #expect(handover.next() == nil)
    #expect(handover.next() == nil)
  }

  @Test("who makes them comes to an end when nobody takes them any more", arguments: [1, 5, 8])
  func stop(places: Int) {
    let handover = Handover<Int>(places: 8)
    let maker = Maker(of: 1_000_000, for: handover, places: places)
    #expect(handover.next() == 0)
    handover.stop()
    #expect(maker.ends)
  }
}
