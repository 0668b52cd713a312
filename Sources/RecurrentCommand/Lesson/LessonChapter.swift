/// The chapters of the lesson.
enum LessonChapter: Int, CaseIterable {
  case network = 1
  case vanishing
  case memory
  case ledger
  case training

  var title: String {
    switch self {
    case .network: "a network that reads step by step"
    case .vanishing: "what becomes of a gradient on its way back"
    case .memory: "the LSTM, gate by gate"
    case .ledger: "the ledger: a gradient by hand"
    case .training: "an LSTM learns to read digits"
    }
  }

  /// Tells the chapter; the numbers do not depend on the threads.
  func tell(in book: inout LessonBook, threads: Int) throws {
    try book.begin(self)
    switch self {
    case .network: try NetworkChapter.tell(in: &book)
    case .vanishing: try VanishingChapter.tell(in: &book, threads: threads)
    case .memory: try MemoryChapter.tell(in: &book)
    case .ledger: try LedgerChapter.tell(in: &book)
    case .training: try TrainingChapter.tell(in: &book, threads: threads)
    }
  }
}
