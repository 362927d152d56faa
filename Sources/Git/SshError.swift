/// What `ssh` said before it ended, in words that a person can act upon, with its own after them.
func sshError(
  _ operation: String, _ address: RemoteURL.SshAddress, _ text: String, status: Int32
) -> GitError {
  let host = address.host
  func has(_ texts: String...) -> Bool { texts.contains { text.contains($0) } }
  func told(_ reason: GitError.Reason, _ message: String) -> GitError {
    let words = GitError.cleaned(text)
    return GitError(
      operation, reason, words.isEmpty ? message : "\(message) (ssh: \(words))", code: status)
  }
  if has("IDENTIFICATION HAS CHANGED", "POSSIBLE DNS SPOOFING", "REVOKED HOST KEY") {
    return told(
      .hostKey,
      "the key of \(host) is not the one that ssh knows: it was set up anew, or someone is in between"
    )
  }
  if has("Host key verification failed", "host key is known for") {
    return told(
      .hostKey,
      "ssh does not know the key of \(host): connect once by ssh, and compare the fingerprint")
  }
  if has("Permission denied (", "Permission denied, please", "Too many authentication failures") {
    let user = address.user.map { " for \($0)" } ?? ""
    return told(.authentication, "\(host) does not accept our ssh key\(user)")
  }
  if has("does not appear to be a git repository", "epository not found", "not a git repository") {
    return told(.notFound, "\(host) has no repository \(address.path), or does not show it to us")
  }
  if has("Could not resolve hostname") { return told(.network, "there is no host \(host)") }
  if has("timed out", "Timeout, server") { return told(.network, "\(host) does not answer") }
  if has(
    "Connection refused", "No route to host", "Network is unreachable", "Connection closed",
    "Connection reset", "kex_exchange_identification")
  {
    return told(.network, "\(host) cannot be reached by ssh")
  }
  if status == 127 { return told(.other, "a program was not found, here or on \(host)") }
  return told(.network, "\(host) broke off")
}
