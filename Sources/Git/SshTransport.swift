import CGit2

let makeSshTransport: git_transport_cb = { made, owner, payload in -1 }
