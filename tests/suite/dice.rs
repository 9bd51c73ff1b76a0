//! Chance that can be repeated: one seed, one run.

/// A stream of numbers that looks random (`SplitMix64`) and is the same for the same seed.
pub struct Dice(u64);

impl Dice {
    /// The dice of `LIANXIAO_TEST_SEED`, or of the everyday seed. The seed is printed with a failure.
    pub fn seeded() -> Self {
        Dice(Self::seed())
    }

    /// The dice of a seed.
    pub fn of(seed: u64) -> Self {
        Dice(seed)
    }

    /// The seed itself, printed.
    #[expect(clippy::print_stderr, reason = "a failure is repeated with this seed")]
    pub fn seed() -> u64 {
        let seed = match std::env::var("LIANXIAO_TEST_SEED") {
            Ok(seed) => seed.parse().expect("LIANXIAO_TEST_SEED is a whole number"),
            Err(_) => 20_260_508,
        };
        eprintln!("LIANXIAO_TEST_SEED={seed}");
        seed
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` - 1.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a bound");
        usize::try_from(self.roll() % bound).expect("it is below the bound")
    }

    /// One of several things.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
