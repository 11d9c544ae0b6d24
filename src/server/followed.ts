/** How it stands with the repository that a server follows. */
export type Followed = {
  /** Its address; never with a password. */
  repository: string
  /** Branch, or another reference in full. */
  ref: string
  /** The commit that is served. */
  commit: string | null
  /** When it was taken. */
  since: string | null
  /** When the repository last answered. */
  checked: string | null
  /** Why what the repository has now is not served; null when it is. */
  fault: FollowFault | null
}

export type FollowFault = {
  time: string
  /** The commit that is refused; null when the repository cannot be read. */
  commit: string | null
  /** In one line. */
  text: string
}
