import Testing

struct WrongUseTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test(arguments: [
    ("bogus", "bogus"),
    ("train clothes", "no data set and no file"),
    ("train digits mnist", "mnist"),
    ("train --bogus", "--bogus"),
    ("train --hidden", "--hidden"),
    ("train --hidden 0", "--hidden is 0; use a whole number from 1"),
    ("train --hidden 16385", "to 16384"),
    ("train --hidden many", "'many'"),
    ("train --hidden 1.5", "'1.5'"),
    ("train --batch -1", "--batch is -1; use a whole number from 1"),
    ("train --batch 0", "--batch is 0"),
    ("train --epochs 0", "--epochs is 0; use a whole number from 1"),
    ("train --epochs 99999999999999999999", "99999999999999999999"),
    ("train --learning-rate nan", "--learning-rate is nan; use a number above 0"),
    ("train --learning-rate inf", "--learning-rate is inf; use a number above 0"),
    ("train --learning-rate 0", "use a number above 0"),
    ("train --learning-rate -1", "use a number above 0"),
    ("train --learning-rate fast", "'fast'"),
    ("train --clip -1", "use a number above 0, or 0 for no limit"),
    ("train --clip nan", "use a number above 0, or 0 for no limit"),
    ("train --forget-bias inf", "use a finite number"),
    ("train --threads 0", "--threads is 0; use a number from 1 to 1024"),
    ("train --threads -3", "--threads is -3"),
    ("train --threads 1025", "--threads is 1025"),
    ("train --seed x", "'x'"),
    ("train --seed -1", "'-1'"),
    ("train --seed 18446744073709551616", "18446744073709551616"),
    ("train --cell cru", "lstm, rnn, gru"),
    ("train --init zeros", "'zeros'"),
    ("train --init chrono:1", "'chrono:1'"),
    ("train --init chrono", "keras, notebook, he, identity, chrono:T; see"),
    ("train --optimizer sgd", "the following: gradient-descent, momentum, nesterov, rmsprop"),
    ("train --schedule sine", "cosine, one-cycle, plateau; see"),
    ("train --momentum 1", "--momentum is 1.0; use a number from 0 to below 1"),
    ("train --momentum nan", "--momentum is nan"),
    ("train --momentum 0.9", "--momentum goes with --optimizer momentum, nesterov or rmsprop"),
    ("train --preset notebook --momentum 0.9", "gradient-descent has none to give"),
    ("train --momentum 0 --optimizer nesterov", "use --optimizer gradient-descent for none"),
    ("train --weight-decay -1", "--weight-decay is -1.0; use a number from 0 up"),
    ("train --weight-decay inf", "--weight-decay is inf"),
    ("train --clip-value -1", "--clip-value is -1.0; use a number above 0, or 0 for no limit"),
    ("train --label-smoothing 1", "--label-smoothing is 1.0; use a number from 0 to below 1"),
    ("train --dropout 1", "--dropout is 1.0; use a number from 0 to below 1"),
    ("train --label-smoothing -0.1", "--label-smoothing is -0.1"),
    ("train --average 1", "--average is 1.0; use a number from 0 to below 1"),
    ("train --average much", "'much'"),
    ("train --patience 0", "--patience is 0; use a whole number from 1"),
    ("train --patience 1.5", "'1.5'"),
    ("train --preset finest", "'finest'"),
    ("train --examples 0", "--examples is 0; use a number from 1"),
    ("train --examples -5", "--examples is -5"),
    ("train --examples 10000001", "to 10,000,000"),
    ("train digits --data here", "--data goes with mnist or fashion-mnist"),
    ("train mnist --examples 3", "--examples goes with digits"),
    ("train --run .", "--run needs a name"),
    ("train --run ..", "--run needs a name"),
    ("evaluate", "<run>"),
    ("evaluate a b", "b"),
    ("evaluate a --on training", "'test' and 'validation'"),
    ("evaluate a --dataset letters", "'letters'"),
    ("evaluate a --threads 0", "--threads is 0"),
    ("predict", "<run>"),
    ("predict a", "<files>"),
  ])
  func `a wrong word ends with exit code 2 and one line`(
    words: String,
    saying: String
  ) async throws {
    try await workbench.fail(words, exitCode: 2, saying: saying)
  }

  @Test func `an empty name is no name of a run`() async throws {
    try await workbench.fail(["train", "--run", ""], exitCode: 2, saying: ["--run needs a name"])
  }

  @Test(arguments: ["train", "evaluate a", "predict a b", "bench"])
  func `an instruction set that is not there is refused with those that are`(
    words: String
  ) async throws {
    try await workbench.fail(
      words,
      exitCode: 2,
      saying: "RECURRENT_ISA is 'nonsense'",
      "use one of",
      environment: ["RECURRENT_ISA": "nonsense"]
    )
  }

  @Test func `a data folder for drawn digits is refused when evaluating, too`() async throws {
    try await workbench.succeed("train --examples 5 --hidden 1 --epochs 1 --run a")
    try await workbench.fail(
      "evaluate a --data here",
      exitCode: 2,
      saying: "--data needs --dataset mnist or fashion-mnist"
    )
    try await workbench.fail(
      "evaluate a --dataset digits --data here",
      exitCode: 2,
      saying: "--data goes with mnist or fashion-mnist"
    )
  }

  @Test func `a batch that no epoch fills is refused before anything is made`() async throws {
    try await workbench.fail(
      "train --examples 50 --batch 51 --drop-last",
      exitCode: 1,
      saying: "--batch 51 with --drop-last leaves no batch of 50",
      "use a smaller --batch"
    )
  }

  @Test(arguments: [
    ("--help", "SUBCOMMANDS:"), ("", "SUBCOMMANDS:"), ("train --help", "--learning-rate"),
    ("help evaluate", "--on"), ("predict -h", "IDX"),
    ("bench --help", "--grid"),
  ])
  func `help goes to the output and is no failure`(words: String, part: String) async throws {
    let run = try await workbench.succeed(words)
    #expect(run.output.contains(part))
    #expect(try workbench.content == [])
  }

  @Test func `the version is one line`() async throws {
    let run = try await workbench.succeed("--version")
    #expect(run.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }
}
