import CGit2
import Glibc

/// The settings files that git includes for the address of a remote, with
/// `includeIf "hasconfig:remote.*.url:GLOB"`; libgit2 does not know that condition.
///
/// One who has an identity for each forge says so with it.
struct ConditionalSettings {
  /// The addresses of all remotes, as they are set.
  private let addresses: [String]
  /// The user's home, for a `~/` before a path.
  private let home: String?

  /// Takes the remotes' addresses from a configuration; `nil` where no setting has that condition, or there
  /// is no remote.
  init?(of configuration: OpaquePointer, home: String?) {
    var addresses: [String] = []
    var isAsked = false
    try? unsafe Configuration.eachSetting(of: configuration) { setting in
      if setting.name.hasPrefix(Self.condition) { isAsked = true }
      guard setting.name.hasPrefix("remote."), setting.name.hasSuffix(".url") else { return }
      addresses.append(setting.value ?? "")
    }
    guard isAsked, !addresses.isEmpty else { return nil }
    (self.addresses, self.home) = (addresses, home)
  }

  /// The files that a file includes so, and those that one which it includes does, in their order.
  func files(includedBy file: String, depth: Int = 0) -> [String] {
    guard depth < 10 else { return [] }
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    return Self.includes(of: file).flatMap { name, value -> [String] in
      guard let path = path(value, in: folder) else { return [] }
      let deeper = files(includedBy: path, depth: depth + 1)
      guard let glob = Self.glob(of: name) else { return deeper }
      return addresses.contains { Self.matches($0, glob) } ? [path] + deeper : []
    }
  }

  /// The settings of a file that include another without a condition, or for an address.
  private static func includes(of file: String) -> [(name: String, value: String)] {
    guard let settings = Configuration.settings(in: file) else { return [] }
    var found: [(name: String, value: String)] = []
    try? unsafe Configuration.eachSetting(of: settings.pointer) { setting in
      // What an included file says is found when that is read, with the folder that its paths are in.
      guard !setting.isIncluded, let value = setting.value else { return }
      let name = setting.name
      if name == "include.path" || name.hasSuffix(".path") && name.hasPrefix(condition) {
        found.append((name, value))
      }
    }
    return found
  }

  private static let condition = "includeif.hasconfig:remote.*.url:"

  private static func glob(of name: String) -> Substring? {
    guard name.hasPrefix(condition) else { return nil }
    return name.dropFirst(condition.count).dropLast(".path".count)
  }

  private func path(_ value: String, in folder: String) -> String? {
    if value.hasPrefix("~/") { return home.map { $0 + value.dropFirst() } }
    return value.hasPrefix("/") ? value : folder + value
  }

  /// Whether a pattern of gitglossary(7) matches the whole of an address: `**` stands for any number of
  /// names between slashes, and what is within a name does not go over a slash.
  static func matches(_ address: String, _ glob: some StringProtocol) -> Bool {
    let names = parts(of: address)
    let patterns = parts(of: String(glob))
    // How many names can be used up by the patterns so far.
    var used: Set<Int> = [0]
    for (place, pattern) in patterns.enumerated() {
      if pattern == "**" {
        let isLast = place == patterns.count - 1 && place > 0
        guard let least = used.min() else { return false }
        used = Set((least + (isLast ? 1 : 0))..<(max(least, names.count) + 1))
      } else {
        let next = used.filter { place in
          guard place < names.count else { return false }
          return unsafe fnmatch(pattern, names[place], 0) == 0
        }
        used = Set(next.map { $0 + 1 })
      }
    }
    return used.contains(names.count)
  }

  private static func parts(of text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
