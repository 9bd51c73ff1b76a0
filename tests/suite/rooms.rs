//! The rooms of `src` and what each may import.
