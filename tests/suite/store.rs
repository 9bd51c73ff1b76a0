//! What every store must do, written once and run on each.
//!
//! A batch is built by hand (`scribe`), so that no rule of the hub stands between a test and the port.

mod apart;
mod audit;
mod backups;
mod catalog;
mod chain;
mod engine;
mod erasing;
mod filters;
mod history;
mod loading;
mod moments;
mod pages;
mod properties;
mod reader;
mod reopening;
mod scribe;
mod seeing;
mod sqlite_file;
mod sqlite_restore;
mod tokens;
mod writing;

/// The contract as tests of one engine: each on a database of its own.
macro_rules! contract {
    ($engine:ty) => {
        contract! { stores $engine:
            apart::a_group_does_not_see_another,
            apart::a_write_in_one_group_moves_nothing_in_another,
            apart::one_transaction_writes_for_many_groups_or_for_none,
            audit::a_credential_and_its_deeds_are_written_together,
            audit::a_deed_comes_back_as_it_was_written,
            audit::deeds_are_numbered_without_a_gap_each_group_for_itself,
            audit::deeds_come_by_time_from_one_to_another_in_pages,
            audit::many_refusals_are_counted_whole,
            audit::refusals_add_up_each_group_for_itself,
            audit::refusals_come_by_minute_who_and_reason_in_pages,
            catalog::a_credential_ends_when_it_is_said_to,
            catalog::a_credential_is_found_by_its_token_with_its_group,
            catalog::a_locked_credential_is_let_in_when_it_is_confirmed,
            catalog::the_credentials_of_a_group_come_by_place_and_holder,
            catalog::a_group_is_made_once_a_name,
            catalog::a_token_is_given_to_one_credential_only,
            catalog::groups_come_by_name,
            catalog::the_last_call_of_a_place_counts,
            catalog::the_hub_id_is_made_with_the_database,
            chain::a_history_without_commits_is_empty,
            chain::a_part_of_the_history_holds_so_many_leaves_and_the_next_goes_on_behind_it,
            chain::a_version_on_another_topic_stays_closed,
            chain::the_history_comes_commit_by_commit_with_its_leaves,
            chain::the_newest_version_is_opened_to_those_who_may_see_it_and_no_other,
            erasing::an_erasure_that_a_restore_took_back_stays_so_until_it_is_done,
            filters::a_campus_filter_lets_the_office_pass,
            filters::a_filter_by_kind_and_campus_asks_for_both,
            filters::a_filter_by_kind_shows_those_kinds,
            filters::a_filter_is_never_read_as_sql,
            filters::a_filter_that_hides_everything_still_gets_to_the_head,
            filters::what_is_gone_is_filtered_too,
            filters::who_may_read_some_topics_is_told_of_no_other,
            history::a_commit_is_found_by_position,
            history::a_commit_is_found_by_time,
            history::a_place_last_wrote_with_the_commit_that_holds_its_version,
            history::a_record_is_found_as_it_stood,
            history::the_versions_of_a_record_come_newest_first,
            history::a_record_stands_from_its_commit_to_the_next,
            history::records_of_a_span_are_shown_to_those_who_may_see_them,
            history::records_of_a_span_are_those_that_touch_it,
            loading::a_key_brings_its_holder_and_who_sees_it,
            loading::what_is_said_to_be_new_and_is_not_is_found_without_those_who_see_it,
            loading::a_kind_is_found_whole_and_live,
            loading::the_live_records_of_some_days_are_found,
            loading::a_mutation_is_known_by_its_place_and_id,
            loading::an_older_version_is_found_by_its_number,
            loading::many_ids_take_several_statements,
            loading::nothing_is_found_of_what_was_never_written,
            loading::the_audience_is_who_sees_it_now,
            loading::the_newest_version_is_found_deleted_or_not,
            moments::a_page_never_shows_half_a_commit,
            moments::a_second_writer_waits_for_the_first,
            moments::readers_do_not_wait_for_a_writer,
            pages::a_larger_frame_comes_alone,
            pages::a_page_ends_before_the_bytes_run_over,
            pages::a_page_from_the_head_is_empty,
            pages::a_page_of_many_rows_ends_between_positions,
            pages::a_page_starts_after_the_position_given,
            pages::an_empty_feed_is_one_empty_page,
            pages::changes_come_in_the_order_of_their_positions,
            pages::only_the_newest_version_comes,
            pages::the_chain_of_a_page_is_that_of_the_last_whole_commit,
            pages::without_bytes_changes_come_one_by_one,
            seeing::a_deletion_is_told_to_whoever_saw_the_record,
            seeing::a_record_seen_twice_comes_once,
            seeing::a_record_half_out_of_sight_is_counted_whole,
            seeing::a_record_seen_twice_is_counted_once,
            seeing::one_who_dropped_out_of_one_audience_but_not_the_other_keeps_it,
            seeing::one_who_dropped_out_when_it_was_deleted_hears_of_the_deletion,
            seeing::several_audiences_come_in_one_order,
            seeing::who_dropped_out_is_told_once,
            seeing::who_is_let_in_again_gets_the_record,
            seeing::who_sees_nothing_is_told_nothing,
            seeing::a_record_is_read_by_those_who_see_it,
            tokens::a_code_comes_too_late_from_the_time_it_ends_at,
            tokens::a_code_is_traded_for_one_token_and_the_same_again_changes_nothing,
            tokens::a_newer_code_for_a_credential_voids_one_that_nobody_brought,
            tokens::a_revoked_credential_keeps_the_time_it_was_taken_back_at,
            tokens::a_token_that_is_somebodys_is_traded_for_no_code,
            tokens::a_trade_ends_the_other_tokens_after_the_overlap,
            tokens::each_step_of_a_credential_is_written_down_once,
            tokens::a_loan_is_good_for_one_purpose_until_it_ends_or_is_taken_back,
            tokens::the_next_token_ends_the_others_and_lengthens_none,
            writing::a_batch_that_failed_leaves_nothing,
            writing::a_key_changes_hands_in_one_batch,
            writing::a_key_has_one_holder,
            writing::a_large_batch_is_written_whole,
            writing::a_mutation_is_remembered_once_a_place,
            writing::a_position_is_given_once,
            writing::a_version_number_is_given_once,
            writing::a_version_written_over_in_its_own_batch_is_history,
            writing::what_was_committed_is_there,
            writing::without_commit_nothing_happened,
        }
        contract! { folders $engine:
            reopening::another_program_start_finds_everything,
            reopening::the_hub_keeps_its_id,
        }
        contract! { properties $engine:
            properties::a_reader_at_the_head_has_what_it_may_see,
            properties::records_as_of_any_position_are_what_a_recount_finds,
            properties::what_is_laid_over_what_was_read_early_is_what_is_read_after,
        }
    };
    (stores $engine:ty: $($file:ident :: $test:ident,)+) => {
        $(#[tokio::test]
        async fn $test() {
            let engine = <$engine as super::engine::Engine>::fresh().await;
            super::$file::$test(&*super::engine::Engine::open(&engine).await).await;
        })+
    };
    (folders $engine:ty: $($file:ident :: $test:ident,)+) => {
        $(#[tokio::test]
        async fn $test() {
            super::$file::$test(&<$engine as super::engine::Engine>::fresh().await).await;
        })+
    };
    (properties $engine:ty: $($file:ident :: $test:ident,)+) => {
        $(#[test]
        fn $test() {
            super::$file::$test::<$engine>();
        })+
    };
}

mod sqlite {
    contract!(super::engine::Sqlite);
    contract! { stores super::engine::Sqlite:
        backups::a_backup_is_noted_with_what_it_holds,
        backups::a_backup_never_takes_the_place_of_a_file,
    }
}

mod postgres {
    contract!(super::engine::Postgres);
}
