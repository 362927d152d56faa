enum SocketStream {
  static func register() throws(GitError) {}
}
