extension RemoteURL {
  /// Takes the text of a URL apart.
  struct Reader {
    let text: String
    let folder: String

    /// What the text means, or why it is refused.
    mutating func read() throws(GitError) -> (String, Place, UserInfo?) {
      if text.isEmpty { throw refusal("it is empty") }
      if text.utf8.count > 4_096 { throw refusal("it is too long") }
      try checkCharacters(text)
      if text.hasPrefix("-") { throw refusal("it begins with '-'") }
      if let scheme = text.firstRange(of: "://"), isScheme(text[..<scheme.lowerBound]) {
        let rest = text[scheme.upperBound...]
        switch text[..<scheme.lowerBound].lowercased() {
        case "https": return try http(rest, isSecure: true)
        case "http": return try http(rest, isSecure: false)
        case "ssh": return ("ssh://" + rest, .ssh(try ssh(rest)), nil)
        case "file":
          guard rest.hasPrefix("/") else { throw refusal("a file URL has three slashes") }
          let path = try decoded(rest)
          return ("file://" + rest, .local(path: path), nil)
        case let scheme: throw refusal("\(scheme):// is not supported; use https, ssh or a path")
        }
      }
      if let helper = text.firstRange(of: "::"), isScheme(text[..<helper.lowerBound]) {
        throw refusal("\(text[..<helper.lowerBound]):: runs a program and is not supported")
      }
      if let colon = text.firstIndex(where: { $0 == ":" || $0 == "/" || $0 == "[" }),
        text[colon] != "/"
      {
        return (text, .ssh(try scp()), nil)
      }
      let path = text.hasPrefix("/") ? text : joined(folder, text)
      return (path, .local(path: path), nil)
    }

    private func refusal(_ why: String) -> GitError {
      GitError("use the remote \(RemoteURL.redacted(text))", .invalid, why)
    }

    private func isScheme(_ text: Substring) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { isLetterOrDigit($0) || "+-.".utf8.contains($0) }
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private func checkCharacters(_ text: some StringProtocol) throws(GitError) {
      if text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
      ) {
        throw refusal("it holds a control character")
      }
    }

    private func joined(_ folder: String, _ path: String) -> String {
      var (folder, path) = (folder, path[...])
      // What is kept must not lead through a folder that may get another name.
      if path.contains("..") { folder = resolvedPath(folder) ?? folder }
      while let first = path.split(separator: "/").first, [".", ".."].contains(first) {
        if first == ".." {
          folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.endIndex)])
        }
        path = path.dropFirst(first.count).drop { $0 == "/" }
      }
      if path.isEmpty { return folder.isEmpty ? "/" : folder }
      return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    // MARK: The parts

    private func http(_ rest: Substring, isSecure: Bool) throws(GitError) -> (
      String, Place, UserInfo?
    ) {
      if rest.contains(" ") { throw refusal("a space is written %20") }
      let authority = rest.prefix { !"/?#".contains($0) }
      var place = authority
      var userInfo: UserInfo?
      if let at = authority.lastIndex(of: "@") {
        place = authority[authority.index(after: at)...]
        let parts = authority[..<at].split(
          separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let password = parts.count > 1 ? try decoded(parts[1]) : nil
        userInfo = UserInfo(user: try decoded(parts[0]), password: password)
      }
      let (host, port) = try hostAndPort(place)
      let number = port.isEmpty ? (isSecure ? 443 : 80) : Int(port) ?? 0
      let address = HttpAddress(isSecure: isSecure, host: host.lowercased(), port: number)
      let tail = rest[authority.endIndex...]
      let text = "\(isSecure ? "https" : "http")://\(place)\(tail)"
      return (text, .http(address), userInfo)
    }

    private func ssh(_ rest: Substring) throws(GitError) -> SshAddress {
      guard let slash = rest.firstIndex(of: "/") else { throw refusal("it names no path") }
      let (user, place) = try userAndPlace(rest[..<slash])
      let (host, port) = try hostAndPort(place)
      var path = try decoded(rest[slash...])
      if path.hasPrefix("/~") { path.removeFirst() }
      return try checked(
        SshAddress(user: user, host: host, port: port.isEmpty ? nil : port, path: path))
    }

    /// Reads `[user@]host:path`, as `scp` and git know it.
    private func scp() throws(GitError) -> SshAddress {
      var start = text.startIndex
      let beforeSlash = text.prefix { $0 != "/" }
      if let bracket = beforeSlash.firstIndex(of: "["),
        let end = beforeSlash[bracket...].firstIndex(of: "]")
      {
        start = end
      }
      guard let colon = text[start...].firstIndex(of: ":") else {
        throw refusal("it names no path")
      }
      let (user, bracketed) = try userAndPlace(text[..<colon], isEncoded: false)
      var place = bracketed
      // [host:port] is git's way to name a port here; [::1] is an address.
      if place.hasPrefix("["), place.hasSuffix("]"), place.count(where: { $0 == ":" }) < 2 {
        place = place.dropFirst().dropLast()
      }
      let (host, port) = try hostAndPort(place)
      let path = String(text[text.index(after: colon)...])
      if user == nil, let at = path.firstIndex(of: "@"), path[at...].contains(":") {
        throw GitError("use the remote", .invalid, "leave the password out of an ssh address")
      }
      return try checked(
        SshAddress(user: user, host: host, port: port.isEmpty ? nil : port, path: path))
    }

    private func userAndPlace(_ authority: Substring, isEncoded: Bool = true)
      throws(GitError) -> (user: String?, place: Substring)
    {
      guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
      if authority[..<at].contains(":") {
        throw refusal("leave the password out of an ssh address")
      }
      let user = isEncoded ? try decoded(authority[..<at]) : String(authority[..<at])
      if user.isEmpty || user.hasPrefix("-") || user.contains(where: { " /:'\"\\".contains($0) }) {
        throw refusal("that is no user name")
      }
      return (user, authority[authority.index(after: at)...])
    }

    /// Takes `host`, `host:port`, `[address]` or `[address]:port` apart.
    private func hostAndPort(_ place: Substring) throws(GitError) -> (host: String, port: String) {
      var host = place
      var port: Substring = ""
      if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
        host = place[place.index(after: place.startIndex)..<end]
        let tail = place[place.index(after: end)...]
        if !tail.isEmpty, !tail.hasPrefix(":") { throw refusal("that is no host") }
        port = tail.dropFirst()
        let isAddress = host.utf8.allSatisfy { isLetterOrDigit($0) || ":.%".utf8.contains($0) }
        if !isAddress || !host.contains(":") { throw refusal("that is no host") }
      } else {
        if let colon = place.lastIndex(of: ":") {
          host = place[..<colon]
          port = place[place.index(after: colon)...]
        }
        if host.isEmpty { throw refusal("it names no host") }
        if host.hasPrefix("-") { throw refusal("the host begins with '-'") }
        if !host.utf8.allSatisfy({ isLetterOrDigit($0) || ".-_".utf8.contains($0) }) {
          throw refusal("that is no host")
        }
      }
      if !port.isEmpty {
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
          (1...65_535).contains(number)
        else { throw refusal("that is no port") }
      }
      return (String(host), String(port))
    }

    private func checked(_ address: SshAddress) throws(GitError) -> SshAddress {
      if address.path.isEmpty { throw refusal("it names no path") }
      if address.path.hasPrefix("-") { throw refusal("the path begins with '-'") }
      return address
    }

    /// The text with every `%41` turned into its byte.
    private func decoded(_ text: Substring) throws(GitError) -> String {
      var bytes: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while let byte = rest.popFirst() {
        let digits = rest.prefix(2)
        if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(isLetterOrDigit),
          let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        {
          bytes.append(value)
          rest = rest.dropFirst(2)
        } else {
          bytes.append(byte)
        }
      }
      let result = String(decoding: bytes, as: UTF8.self)
      try checkCharacters(result)
      return result
    }
  }
}
