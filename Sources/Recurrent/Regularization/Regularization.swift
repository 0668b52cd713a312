/// What keeps a recurrent layer from learning its examples by heart; nothing, to begin with.
///
/// Dropout and masks of weights act in training only. Zoneout leaves part of a state as it was
/// before: in training a unit drawn at each step, in use its expected share.
public struct Regularization: Sendable, Equatable, Codable {
  /// The share of the input's features that are left out, drawn anew at every step.
  ///
  /// N. Srivastava et al., "Dropout", 2014; between layers only: W. Zaremba, I. Sutskever,
  /// O. Vinyals, "Recurrent neural network regularization", 2014.
  public var inputDropout: Float
  /// The share of the hidden state that recurrent weights do not see, drawn once a sequence.
  ///
  /// Y. Gal, Z. Ghahramani, "A theoretically grounded application of dropout in recurrent neural
  /// networks", 2016.
  public var recurrentDropout: Float
  /// The share of recurrent weights that are left out, drawn once a training step.
  ///
  /// L. Wan et al., "Regularization of neural networks using DropConnect", 2013; on recurrent
  /// weights: S. Merity, N. S. Keskar, R. Socher, 2018.
  public var dropConnect: Float
  /// The share of the hidden state that stays as it was before the step.
  ///
  /// D. Krueger et al., "Zoneout", 2017.
  public var hiddenZoneout: Float
  /// The share of an LSTM's cell state that stays as it was before the step.
  public var cellZoneout: Float

  /// Creates a regularisation; each share is from 0 up to, not including, 1.
  ///
  /// - Precondition: The shares are in that range.
  public init(
    inputDropout: Float = 0,
    recurrentDropout: Float = 0,
    dropConnect: Float = 0,
    hiddenZoneout: Float = 0,
    cellZoneout: Float = 0
  ) {
    let shares = [inputDropout, recurrentDropout, dropConnect, hiddenZoneout, cellZoneout]
    require(
      shares.allSatisfy { (0..<1).contains($0) },
      "a regularisation's shares are from 0 up to 1, got \(shares)"
    )
    self.inputDropout = inputDropout
    self.recurrentDropout = recurrentDropout
    self.dropConnect = dropConnect
    self.hiddenZoneout = hiddenZoneout
    self.cellZoneout = cellZoneout
  }
}
