/** The state of the repository that a server follows. */
export type Followed = {
  /** Its address, without a password. */
  repository: string
  /** A branch, or another full reference. */
  ref: string
  /** The commit that is served. */
  commit: string | null
  /** When the server began to serve it. */
  since: string | null
  /** When the repository last answered. */
  checked: string | null
  /** Why the latest commit of the repository is not served; null if it is. */
  fault: FollowFault | null
}

export type FollowFault = {
  time: string
  /** The rejected commit; null if the repository cannot be read. */
  commit: string | null
  /** On one line. */
  text: string
}
