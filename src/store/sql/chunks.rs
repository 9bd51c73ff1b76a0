//! Statements over many rows come in few sizes, so that most were prepared before: parsing a statement of
//! a thousand variables costs more than running it.

/// The largest chunk: long enough to share its statement's cost, short enough to be kept prepared.
const ROWS_A_STATEMENT: usize = 64;

/// How many sizes of how many statements one connection keeps prepared.
pub const PREPARED: usize = 256;

/// Rows to be written, in chunks whose sizes are powers of two.
pub fn chunks<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let most = rest.len().min(ROWS_A_STATEMENT);
        let (chunk, tail) = rest.split_at(1 << most.checked_ilog2()?);
        rest = tail;
        Some(chunk)
    })
}

/// The values of a list to be looked for, filled up to a power of two with the last one: looked for
/// twice, a row is found once.
pub fn filled<T>(values: &[T]) -> impl Iterator<Item = &T> {
    let wanted = values.len().next_power_of_two() - values.len();
    let last = values.last().into_iter();
    values.iter().chain(last.cycle().take(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_whole_in_order_and_in_few_sizes() {
        let rows: Vec<usize> = (0..203).collect();
        let sizes: Vec<usize> = chunks(&rows).map(<[usize]>::len).collect();
        assert_eq!(sizes, [64, 64, 64, 8, 2, 1]);
        assert_eq!(chunks(&rows).collect::<Vec<_>>().concat(), rows);
        assert_eq!(chunks::<usize>(&[]).count(), 0);
    }

    #[test]
    fn a_list_is_filled_with_its_last_value() {
        assert_eq!(
            filled(&[1, 2, 3, 4, 5]).collect::<Vec<_>>(),
            [&1, &2, &3, &4, &5, &5, &5, &5]
        );
        assert_eq!(filled(&[7]).count(), 1);
        assert_eq!(filled::<i32>(&[]).count(), 0);
    }
}
