import Foundation
import Recurrent
import Testing

struct AugmentationTextTests {
  @Test func `names alone stand for the defaults`() throws {
    let all = try Augmentation(
      "affine,elastic,cutout,time-shift,time-warp,time-cutout,scaling,noise"
    )
    #expect(
      all.operations == [
        .affine(RandomAffine()), .elastic(ElasticDistortion()), .cutOut(CutOut()),
        .timeShift(TimeShift()), .timeWarp(TimeWarp()), .timeCutOut(TimeCutOut()),
        .scaling(RandomScaling()), .noise(GaussianNoise()),
      ]
    )
    #expect(
      all.description == """
        affine:rotate=10,shift=0.08,scale=0.1,shear=10,elastic:alpha=34,sigma=4,\
        cutout:size=8,count=1,time-shift:share=0.1,time-warp:deviation=0.2,pieces=4,\
        time-cutout:share=0.2,scaling:deviation=0.1,per-feature=no,noise:deviation=0.05
        """
    )
    #expect(try Augmentation(all.description) == all)
  }

  @Test func `settings belong to the operation named last`() throws {
    let text =
      "affine:rotate=15,shift=0.25,probability=0.5, elastic , sigma=5,scaling:per-feature=yes"
    let got = try Augmentation(text)
    #expect(
      got.operations == [
        .affine(RandomAffine(rotation: 15, shift: 0.25, probability: 0.5)),
        .elastic(ElasticDistortion(sigma: 5)), .scaling(RandomScaling(isPerFeature: true)),
      ]
    )
    #expect(try Augmentation(got.description) == got)
    #expect(got.description.contains("shear=10,probability=0.5,elastic"))
  }

  @Test func `text keeps every bit of a number`() throws {
    let augmentation = Augmentation([.noise(GaussianNoise(deviation: Float(0.1).nextUp / 3))])
    #expect(try Augmentation(augmentation.description) == augmentation)
    let coded = try JSONEncoder().encode(augmentation)
    #expect(try JSONDecoder().decode(Augmentation.self, from: coded) == augmentation)
  }

  @Test func `it is stored as a list of texts`() throws {
    let augmentation = try Augmentation("cutout,noise:deviation=2")
    let coded = String(decoding: try JSONEncoder().encode(augmentation), as: UTF8.self)
    #expect(coded == #"["cutout:size=8,count=1","noise:deviation=2"]"#)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Augmentation.self, from: Data(#"["blur"]"#.utf8))
    }
  }

  @Test(arguments: [
    (
      "blur",
      "there is no 'blur'; use affine, elastic, cutout, time-shift, time-warp, time-cutout, scaling or noise"
    ),
    (
      "",
      "an augmentation's name is missing; use affine, elastic, cutout, time-shift, time-warp, time-cutout, scaling or noise"
    ),
    (
      "affine,,noise",
      "an augmentation's name is missing; use affine, elastic, cutout, time-shift, time-warp, time-cutout, scaling or noise"
    ),
    (
      "affine:spin=3",
      "affine has no setting 'spin'; use rotate, shift, scale, shear or probability, as in affine:rotate=10"
    ),
    (
      "affine:",
      "affine has no setting ''; use rotate, shift, scale, shear or probability, as in affine:rotate=10"
    ),
    ("affine:rotate", "affine:rotate is ''; use a number from 0 to 180"),
    ("affine:rotate=181", "affine:rotate is '181'; use a number from 0 to 180"),
    ("affine:rotate=nan", "affine:rotate is 'nan'; use a number from 0 to 180"),
    ("elastic,sigma=0", "elastic:sigma is '0'; use a number from 0.5 to 1000"),
    ("noise:probability=2", "noise:probability is '2'; use a number from 0 to 1"),
    ("cutout:size=1.5", "cutout:size is '1.5'; use a whole number from 1 to 10000"),
    ("scaling:per-feature=maybe", "scaling:per-feature is 'maybe'; use yes or no"),
    (
      "rotate=3",
      "'rotate=3' has no augmentation before it; begin with one, such as affine:rotate=10"
    ),
  ])
  func `wrong text is refused with what is allowed`(text: String, saying: String) {
    let error = #expect(throws: AugmentationError.self) { try Augmentation(text) }
    #expect(error?.description == saying)
  }

  @Test func `values that are not allowed trap`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RandomAffine(rotation: 200)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("RandomAffine has rotate=200; use a number from 0 to 180"))
  }
}
