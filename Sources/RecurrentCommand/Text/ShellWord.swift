/// A word as it is typed in a shell: as it is, or in quotes where it needs them.
func shellWord(_ word: String) -> String {
  let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "._-/+=".contains($0) }
  return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
}
