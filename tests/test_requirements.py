"""Every requirement of docs/requirements.md has tests that prove it, by name."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "requirements.md"
NUMBER = re.compile(r"^- \*\*((?:FR|SC|NF)-\d{3}|EC-\d{2}|US\d\.\d)\*\* ", re.MULTILINE)

EVERY_BUTTON = "every button does what it says, and what it did outlives a reload and a restart"
IN_THE_BROWSER = {
    "SC-008": ("every-button.ts", EVERY_BUTTON),
    "SC-010": ("every-button.ts", EVERY_BUTTON),
}
"""By number: the scenario of `make e2e` that proves it, and its file in frontend/e2e/."""

NO_TOKEN = (
    "acceptance/test_create.py::test_no_token_is_unauthorized",
    "acceptance/test_view.py::test_no_token_is_unauthorized",
    "acceptance/test_update.py::test_no_token_is_unauthorized",
    "acceptance/test_delete.py::test_no_token_is_unauthorized",
    "acceptance/test_complete.py::test_no_token_is_unauthorized",
)
ISOLATION = (
    "acceptance/test_view.py::test_two_users_see_only_their_own",
    "acceptance/test_update.py::test_somebody_elses_task_is_not_found_and_unchanged",
    "acceptance/test_delete.py::test_somebody_elses_task_is_not_found_and_still_there",
    "acceptance/test_complete.py::test_somebody_elses_task_is_not_found_and_unchanged",
)

REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "FR-001": ("acceptance/test_process.py::test_it_listens_on_host_and_port_and_nowhere_else",),
    "FR-002": (
        "tasks_api/test_settings.py::test_every_way_to_write_the_database_url_is_taken",
        "persistence/test_url.py::test_neons_connection_string_keeps_every_parameter",
        "acceptance/test_create.py::test_title_and_description_are_stored_for_the_caller",
    ),
    "FR-003": (
        "tasks_api/tokens/test_header.py::test_the_algorithm_is_pinned_whatever_else_the_secret_signed",
        "contract/test_wiring.py::test_everything_under_api_wants_a_token_and_health_wants_none",
        "tasks_api/test_auth.py::test_a_token_that_is_no_good_is_named_in_the_challenge",
        "acceptance/test_edge_cases.py::test_a_forged_token_is_told_apart",
        "better_auth/test_tokens.py::test_what_is_sent_gets_the_answer_of_the_table",
    ),
    "FR-004": (
        "tasks_api/tokens/test_verifier.py::test_a_good_token_proves_its_user",
        "acceptance/test_edge_cases.py::test_user_id_and_sub_may_both_name_the_user",
    ),
    "FR-005": (
        *NO_TOKEN,
        "tasks_api/test_auth.py::test_without_a_token_there_is_a_bare_challenge",
    ),
    "FR-006": (
        "acceptance/test_edge_cases.py::test_a_bad_token_is_told_apart",
        "acceptance/test_edge_cases.py::test_a_forged_token_is_told_apart",
        "tasks_api/tokens/test_form.py::test_another_signature_is_told_from_a_malformed_token",
        "tasks_api/tokens/test_claims.py::test_a_token_counts_from_its_beginning_to_its_end",
    ),
    "FR-007": (
        "acceptance/test_edge_cases.py::test_a_malformed_token_is_told_apart",
        "tasks_api/tokens/test_form.py::test_another_spelling_is_malformed",
    ),
    "FR-008": (
        "acceptance/test_create.py::test_a_user_id_in_the_body_never_decides_the_owner",
        "contract/test_isolation.py::test_a_user_id_in_the_query_is_not_valid",
        "contract/test_isolation.py::test_a_user_id_in_a_header_has_no_effect",
        "acceptance/test_validation.py::test_every_violation_is_listed",
        "boundary/test_targets.py::test_a_target_that_is_none_is_refused",
    ),
    "FR-009": (
        "acceptance/test_process.py::test_what_one_process_stores_another_one_reads_and_changes",
    ),
    "FR-010": (
        "tasks_api/test_cors.py::test_the_frontend_may_use_every_method_with_a_token_and_json",
        "tasks_api/test_cors.py::test_every_answer_can_be_read_by_the_frontend_and_by_no_other_page",
    ),
    "FR-011": ("acceptance/test_view.py::test_three_tasks_are_listed_complete_with_every_field",),
    "FR-012": ("acceptance/test_create.py::test_title_and_description_are_stored_for_the_caller",),
    "FR-013": ("acceptance/test_view.py::test_one_task_is_what_was_created",),
    "FR-014": (
        "acceptance/test_update.py::test_title_and_description_change_and_are_returned",
        "acceptance/test_update.py::test_an_absent_description_becomes_null",
        "acceptance/test_update.py::test_completed_survives_an_update",
    ),
    "FR-015": (
        "acceptance/test_delete.py::test_the_row_is_gone",
        "acceptance/test_delete.py::test_a_deleted_task_is_not_found",
    ),
    "FR-016": (
        "acceptance/test_complete.py::test_false_becomes_true",
        "acceptance/test_complete.py::test_true_becomes_false",
    ),
    "FR-017": (
        "acceptance/test_validation.py::test_a_missing_title_is_required",
        "acceptance/test_validation.py::test_a_title_has_at_most_500_characters",
    ),
    "FR-018": (
        "acceptance/test_validation.py::test_a_description_is_optional",
        "acceptance/test_create.py::test_a_title_alone_is_enough",
    ),
    "FR-019": ("acceptance/test_create.py::test_a_new_task_is_not_completed_and_has_its_times",),
    "FR-020": (
        "acceptance/test_create.py::test_a_new_task_is_not_completed_and_has_its_times",
        "persistence/test_tasks.py::test_a_new_task_is_open_and_was_created_just_now",
    ),
    "FR-021": (
        "acceptance/test_update.py::test_updated_at_moves_forward",
        "acceptance/test_complete.py::test_updated_at_moves_forward",
        "persistence/test_tasks.py::test_updated_at_moves_forward_after_the_clock_was_set_back",
    ),
    "FR-022": (
        "acceptance/test_database.py::test_every_statement_that_reads_or_changes_tasks_is_limited_to_their_owner",
        "persistence/test_tasks.py::test_a_task_of_another_owner_is_not_found_and_stays_as_it_is",
        "persistence/test_tasks.py::test_tasks_of_another_owner_are_not_listed",
    ),
    "FR-023": (
        "contract/test_isolation.py::test_anothers_task_is_answered_like_one_that_never_existed",
    ),
    "FR-024": (
        "acceptance/test_create.py::test_a_user_id_in_the_body_never_decides_the_owner",
        "acceptance/test_create.py::test_title_and_description_are_stored_for_the_caller",
    ),
    "FR-025": (
        "acceptance/test_update.py::test_somebody_elses_task_is_not_found_and_unchanged",
        "acceptance/test_complete.py::test_somebody_elses_task_is_not_found_and_unchanged",
    ),
    "FR-026": ("acceptance/test_delete.py::test_somebody_elses_task_is_not_found_and_still_there",),
    "FR-027": ("acceptance/test_view.py::test_two_users_see_only_their_own",),
    "FR-028": ("acceptance/test_database.py::test_a_task_has_the_columns_of_the_requirements",),
    "FR-029": (
        "acceptance/test_database.py::test_the_owner_of_a_task_refers_to_the_users_and_takes_the_tasks_along",
        "migrations/test_agreement.py::test_the_foreign_key_takes_the_type_of_the_users_id",
        "better_auth/test_migrations.py::test_both_sides_migrate_one_database",
    ),
    "FR-030": (
        "acceptance/test_database.py::test_the_tasks_are_indexed_by",
        "persistence/test_statements.py::test_the_list_comes_in_order_out_of_its_index",
    ),
    "FR-031": ("acceptance/test_database.py::test_the_tasks_are_indexed_by",),
    "FR-032": (
        "acceptance/test_database.py::test_the_owner_of_a_task_refers_to_the_users_and_takes_the_tasks_along",
        "migrations/test_better_auth.py::test_a_user_takes_the_tasks_along",
        "better_auth/test_migrations.py::test_both_sides_migrate_one_database",
    ),
    "FR-033": (
        "acceptance/test_edge_cases.py::test_tasks_survive_a_restart",
        "acceptance/test_process.py::test_what_one_process_stores_another_one_reads_and_changes",
    ),
    "FR-034": ("acceptance/test_database.py::test_only_sqlalchemy_reaches_the_database",),
    "FR-035": (
        "acceptance/test_edge_cases.py::test_a_bad_token_is_told_apart",
        "acceptance/test_edge_cases.py::test_a_malformed_token_is_told_apart",
        "acceptance/test_edge_cases.py::test_a_forged_token_is_told_apart",
        "tasks_api/tokens/test_verifier.py::test_a_token_that_names_no_user_is_refused",
    ),
    "FR-036": (
        "acceptance/test_update.py::test_an_unknown_id_is_not_found",
        "acceptance/test_delete.py::test_an_unknown_id_is_not_found",
        "acceptance/test_delete.py::test_a_deleted_task_is_not_found",
    ),
    "FR-037": (
        "acceptance/test_validation.py::test_every_violation_is_listed",
        "boundary/test_bodies.py::test_a_body_that_is_no_task_is_not_valid",
    ),
    "FR-038": (
        "acceptance/test_failures.py::test_a_defect_shows_nothing_of_the_inside",
        "contract/test_wiring.py::test_no_broad_exception_is_a_client_error",
    ),
    "FR-039": (
        "acceptance/test_failures.py::test_without_its_database_the_service_is_unavailable_and_alive",
        "persistence/test_errors.py::test_a_server_that_is_not_there_is_unavailable",
    ),
    "FR-040": (
        "contract/test_statuses.py::test_every_declared_status_is_seen_and_every_seen_status_is_declared",
        "contract/test_wiring.py::test_every_exception_that_we_raise_has_a_status",
        "contract/test_wiring.py::test_every_error_code_is_declared_and_every_declared_code_is_used",
    ),
    "FR-041": (
        "contract/test_fuzz.py::test_no_request_of_schemathesis_breaks_the_contract",
        "contract/test_statuses.py::test_every_declared_status_is_seen_and_every_seen_status_is_declared",
        "better_auth/test_client.py::test_it_reads_what_every_method_returns",
    ),
    "FR-042": (
        "tasks_api/test_auth.py::test_the_scheme_counts_in_any_letter_case",
        "tasks_api/test_auth.py::test_without_a_token_there_is_a_bare_challenge",
    ),
    "FR-043": (
        "contract/test_fuzz.py::test_no_request_of_schemathesis_breaks_the_contract",
        "boundary/test_bodies.py::test_json_is_known_in_every_spelling",
        "boundary/test_bodies.py::test_another_type_of_body_is_not_supported",
        "acceptance/test_delete.py::test_the_row_is_gone",
    ),
    "FR-044": (
        "acceptance/test_view.py::test_no_tasks_are_an_empty_array",
        "contract/test_fuzz.py::test_no_request_of_schemathesis_breaks_the_contract",
    ),
    "FR-045": (
        "acceptance/test_validation.py::test_every_violation_is_listed",
        "contract/test_statuses.py::test_every_declared_status_is_seen_and_every_seen_status_is_declared",
        "contract/test_fuzz.py::test_no_request_of_schemathesis_breaks_the_contract",
    ),
    "US1.1": ("acceptance/test_create.py::test_title_and_description_are_stored_for_the_caller",),
    "US1.2": ("acceptance/test_create.py::test_a_title_alone_is_enough",),
    "US1.3": ("acceptance/test_create.py::test_an_empty_title_is_refused",),
    "US1.4": ("acceptance/test_create.py::test_no_token_is_unauthorized",),
    "US1.5": ("acceptance/test_create.py::test_a_user_id_in_the_body_never_decides_the_owner",),
    "US1.6": ("acceptance/test_create.py::test_a_new_task_is_not_completed_and_has_its_times",),
    "US2.1": ("acceptance/test_view.py::test_three_tasks_are_listed_complete_with_every_field",),
    "US2.2": ("acceptance/test_view.py::test_no_tasks_are_an_empty_array",),
    "US2.3": ("acceptance/test_view.py::test_two_users_see_only_their_own",),
    "US2.4": ("acceptance/test_view.py::test_no_token_is_unauthorized",),
    "US2.5": ("acceptance/test_view.py::test_ten_tasks_come_newest_first",),
    "US3.1": ("acceptance/test_update.py::test_title_and_description_change_and_are_returned",),
    "US3.2": ("acceptance/test_update.py::test_somebody_elses_task_is_not_found_and_unchanged",),
    "US3.3": ("acceptance/test_update.py::test_an_empty_title_is_refused",),
    "US3.4": ("acceptance/test_update.py::test_updated_at_moves_forward",),
    "US3.5": ("acceptance/test_update.py::test_no_token_is_unauthorized",),
    "US3.6": ("acceptance/test_update.py::test_an_unknown_id_is_not_found",),
    "US4.1": ("acceptance/test_delete.py::test_the_row_is_gone",),
    "US4.2": ("acceptance/test_delete.py::test_somebody_elses_task_is_not_found_and_still_there",),
    "US4.3": ("acceptance/test_delete.py::test_a_deleted_task_is_not_found",),
    "US4.4": ("acceptance/test_delete.py::test_an_unknown_id_is_not_found",),
    "US4.5": ("acceptance/test_delete.py::test_no_token_is_unauthorized",),
    "US5.1": ("acceptance/test_complete.py::test_false_becomes_true",),
    "US5.2": ("acceptance/test_complete.py::test_true_becomes_false",),
    "US5.3": ("acceptance/test_complete.py::test_somebody_elses_task_is_not_found_and_unchanged",),
    "US5.4": ("acceptance/test_complete.py::test_updated_at_moves_forward",),
    "US5.5": ("acceptance/test_complete.py::test_no_token_is_unauthorized",),
    "EC-01": ("acceptance/test_concurrency.py::test_of_fifty_concurrent_updates_one_wins_whole",),
    "EC-02": (
        "acceptance/test_edge_cases.py::test_a_bad_token_is_told_apart",
        "acceptance/test_edge_cases.py::test_a_malformed_token_is_told_apart",
    ),
    "EC-03": (
        "acceptance/test_failures.py::test_without_its_database_the_service_is_unavailable_and_alive",
    ),
    "EC-04": ("acceptance/test_validation.py::test_a_title_has_at_most_500_characters",),
    "EC-05": ("acceptance/test_edge_cases.py::test_sql_in_a_title_is_stored_as_text",),
    "EC-06": (
        "acceptance/test_edge_cases.py::test_a_token_without_a_user_id_is_unauthorized",
        "acceptance/test_edge_cases.py::test_a_bad_token_is_told_apart",
    ),
    "EC-07": ("acceptance/test_validation.py::test_an_id_that_is_none_is_not_valid",),
    "EC-08": ("acceptance/test_edge_cases.py::test_a_deleted_users_tasks_are_gone_with_it",),
    "EC-09": ("acceptance/test_view.py::test_no_tasks_are_an_empty_array",),
    "EC-10": ("acceptance/test_edge_cases.py::test_a_thousand_and_more_tasks_come_in_one_answer",),
    "SC-006": (
        *ISOLATION,
        "contract/test_isolation.py::test_anothers_task_is_answered_like_one_that_never_existed",
    ),
    "SC-007": (
        "acceptance/test_load.py::test_a_hundred_users_at_once_are_served_with_their_own_tasks",
    ),
    "SC-009": ("acceptance/test_edge_cases.py::test_tasks_survive_a_restart",),
    "NF-001": ("acceptance/test_load.py::test_answers_come_within_the_times_of_the_requirements",),
    "NF-002": (
        "acceptance/test_edge_cases.py::test_sql_in_a_title_is_stored_as_text",
        "persistence/test_tasks.py::test_sql_in_a_task_is_text",
    ),
    "NF-003": (
        "test_secrecy.py::test_neither_logs_nor_errors_hold_what_was_sent",
        "acceptance/test_failures.py::test_a_defect_shows_nothing_of_the_inside",
        "persistence/test_errors.py::test_no_refusal_shows_sql_or_a_value",
        "tasks_api/test_secret.py::test_secrets_are_never_shown",
    ),
    "NF-004": (
        "tasks_api/test_cors.py::test_a_page_of_another_origin_may_send_nothing",
        "tasks_api/test_cors.py::test_every_answer_can_be_read_by_the_frontend_and_by_no_other_page",
    ),
    "NF-005": (
        "persistence/test_engine.py::test_what_an_operation_did_is_committed_when_it_returns",
        "persistence/test_engine.py::test_an_operation_that_fails_changes_nothing",
        "persistence/test_errors.py::test_a_refusal_at_the_commit_counts_too",
    ),
    "NF-006": (
        "persistence/test_errors.py::test_a_server_that_stops_is_unavailable_until_it_is_back",
        "persistence/test_pool.py::test_connections_that_were_cut_while_idle_are_replaced",
    ),
    "NF-007": (
        "test_secrecy.py::test_neither_logs_nor_errors_hold_what_was_sent",
        "acceptance/test_failures.py::test_a_defect_is_in_the_log_without_what_the_user_wrote",
        "persistence/test_errors.py::test_a_traceback_shows_no_value",
    ),
    "NF-008": (
        "persistence/test_engine.py::test_a_pool_that_is_exhausted_is_waited_for_no_longer_than_agreed",
        "acceptance/test_load.py::test_a_hundred_users_at_once_are_served_with_their_own_tasks",
    ),
    "NF-009": (
        "acceptance/test_process.py::test_what_one_process_stores_another_one_reads_and_changes",
    ),
}
"""By number: the tests that prove it, by their files below tests/."""


def numbers() -> list[str]:
    """Return the numbers of the document, in its order."""
    return NUMBER.findall(DOCUMENT.read_text(encoding="utf-8"))


def test_every_number_of_the_document_is_unique() -> None:
    assert len(numbers()) == len(set(numbers()))


def test_every_requirement_has_a_row_and_every_row_a_requirement() -> None:
    assert set(numbers()) == set(REQUIREMENTS) | set(IN_THE_BROWSER)


@pytest.mark.parametrize("number", IN_THE_BROWSER)
def test_what_is_about_the_frontend_is_proved_in_the_browser(number: str) -> None:
    file, scenario = IN_THE_BROWSER[number]

    scenarios = (ROOT / "frontend" / "e2e" / file).read_text(encoding="utf-8")

    assert f'test("{scenario}"' in scenarios


@pytest.mark.parametrize("number", REQUIREMENTS)
def test_every_requirement_is_proved_by_tests_that_exist(number: str) -> None:
    assert REQUIREMENTS[number]
    for name in REQUIREMENTS[number]:
        file, _, function = name.partition("::")
        assert function in functions_of(ROOT / "tests" / file), name


@cache
def functions_of(file: Path) -> frozenset[str]:
    """Return the names of the tests in a file; none where there is no such file."""
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (each for each in tree.body if isinstance(each, ast.FunctionDef))
    return frozenset(each.name for each in functions if each.name.startswith("test_"))
