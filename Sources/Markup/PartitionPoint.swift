extension RandomAccessCollection where Index == Int {
  /// Where the elements begin that are not before something, in a collection in which all that are
  /// stand first.
  func partitionPoint(_ isBefore: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
