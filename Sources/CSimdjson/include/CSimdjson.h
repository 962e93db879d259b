// The decoding of observation records with simdjson, behind a plain C interface.
//
// A decoder walks each record once and writes a fixed struct. Texts that recur (endpoints, addresses, users) are not
// copied into it: they are interned, and the struct carries their ids, so that the caller looks at each text once.
#ifndef LEASTWISE_CSIMDJSON_H
#define LEASTWISE_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __clang__
#pragma clang assume_nonnull begin
#else
#define _Nullable
#endif

/// How many bytes behind an input must be readable; their content does not matter.
static const size_t lw_padding = 64;
/// The id of a text that a record does not have.
static const uint32_t lw_none = UINT32_MAX;
/// The time of a record that has none.
static const int64_t lw_no_time = INT64_MIN;

/// Bytes of UTF-8 that live as long as the call's documentation says.
typedef struct {
    const char *_Nullable bytes;
    size_t length;
} lw_text;

// Why a record was not decoded.
static const uint8_t lw_ok = 0;
static const uint8_t lw_not_json = 1;
static const uint8_t lw_wrong_type = 2;
static const uint8_t lw_not_text = 3;
static const uint8_t lw_too_long = 4;
static const uint8_t lw_not_this_source = 5;

// Why a call came back.
/// All complete records of the input are consumed.
static const uint8_t lw_stop_more = 0;
/// The array of records is full.
static const uint8_t lw_stop_batch = 1;
/// The tables of texts are full: use what was decoded, then `lw_decoder_reset`.
static const uint8_t lw_stop_tables = 2;
/// The next line is no record of one line.
static const uint8_t lw_stop_special = 3;
/// The array's closing bracket is consumed.
static const uint8_t lw_stop_closed = 4;
/// The next element is not JSON.
static const uint8_t lw_stop_broken = 5;

/// How far a call came.
typedef struct {
    /// Bytes that the caller need not show again.
    size_t consumed;
    /// Records written.
    uint32_t count;
    /// Line ends consumed.
    uint32_t lines;
    uint8_t stop;
} lw_progress;

/// Where a record stood in the input, and what became of it.
typedef struct {
    size_t offset;
    size_t length;
    /// Line ends before it in this call's input.
    uint32_t line;
    uint8_t error;
    /// The record is an object with a list of records, such as `items`.
    bool is_list;
} lw_place;

// The kind of a Hubble record.
static const uint8_t lw_kind_flow = 0;
static const uint8_t lw_kind_lost = 1;
static const uint8_t lw_kind_other = 2;

// Bits of `lw_flow.flags`.
static const uint8_t lw_flag_syn = 1;
static const uint8_t lw_flag_ack = 2;
static const uint8_t lw_flag_rst = 4;

/// A boolean that may be absent.
static const uint8_t lw_absent = 0;
static const uint8_t lw_false = 1;
static const uint8_t lw_true = 2;

/// An enum's value that this decoder does not know.
static const uint8_t lw_unknown_name = 255;

/// One record of Hubble; enums are numbered as in flow.proto.
typedef struct {
    lw_place place;
    int64_t time;
    /// Raw objects (table endpoints).
    uint32_t source, destination;
    /// Texts (table addresses).
    uint32_t source_address, destination_address;
    /// Raw arrays (table lists).
    uint32_t source_names, destination_names;
    /// A DNS answer's query (table texts) and raw array of addresses (table lists).
    uint32_t dns_query, dns_addresses;
    /// The node's name (table texts).
    uint32_t node;
    uint16_t source_port, destination_port;
    uint64_t lost;
    uint8_t kind, verdict, type, protocol, flags, icmp_type, is_reply, reply, trace_reason, traffic_direction, l7_type;
    /// The application-layer record is one of HTTP (gRPC among it) or Kafka, which are spoken over a connection.
    bool l7_is_connected;
} lw_flow;

// Stages of an audit event.
static const uint8_t lw_stage_absent = 0;
static const uint8_t lw_stage_received = 1;
static const uint8_t lw_stage_started = 2;
static const uint8_t lw_stage_complete = 3;
static const uint8_t lw_stage_panic = 4;

static const uint8_t lw_decision_absent = 0;
static const uint8_t lw_decision_allow = 1;
static const uint8_t lw_decision_forbid = 2;

/// One audit event.
typedef struct {
    lw_place place;
    int64_t time;
    /// Seeded hash of the auditID; 0 where it is absent.
    uint64_t audit_id;
    /// Raw objects (table endpoints).
    uint32_t user, impersonated;
    /// The verb of constrained impersonation that allowed to act as `impersonated`, shortened (table texts).
    uint32_t constraint;
    /// What is asked for (table actions); none where neither an objectRef nor a path says.
    uint32_t action;
    /// The raw string of the authorizer's reason (table lists).
    uint32_t reason;
    /// The user agent, shortened (table texts).
    uint32_t agent;
    uint32_t code;
    uint8_t stage, decision;
    bool has_verb, dry_run, is_beta;
} lw_event;

// Tables of interned texts.
static const uint8_t lw_table_endpoints = 0;
static const uint8_t lw_table_addresses = 1;
static const uint8_t lw_table_texts = 2;
static const uint8_t lw_table_lists = 3;
static const uint8_t lw_table_actions = 4;

typedef struct lw_decoder lw_decoder;

/// Makes a decoder whose tables hold about `table_bytes` before they are full; null if memory is short.
lw_decoder *_Nullable lw_decoder_create(size_t table_bytes);
void lw_decoder_destroy(lw_decoder *decoder);
/// Forgets all interned texts.
void lw_decoder_reset(lw_decoder *decoder);
/// An interned text; valid until the reset.
lw_text lw_decoder_text(const lw_decoder *decoder, uint8_t table, uint32_t id);

/// Decodes lines. `last` says that no more bytes follow, so that a line without its end is complete.
lw_progress lw_flow_lines(
    lw_decoder *decoder, lw_text input, bool last, lw_flow *records, uint32_t capacity);
lw_progress lw_event_lines(
    lw_decoder *decoder, lw_text input, bool last, lw_event *records, uint32_t capacity);
/// Decodes elements of a JSON array from behind its opening bracket or one of its elements.
lw_progress lw_flow_elements(
    lw_decoder *decoder, lw_text input, lw_flow *records, uint32_t capacity);
lw_progress lw_event_elements(
    lw_decoder *decoder, lw_text input, lw_event *records, uint32_t capacity);
/// Decodes one whole record.
void lw_flow_record(lw_decoder *decoder, lw_text input, lw_flow *record);
void lw_event_record(lw_decoder *decoder, lw_text input, lw_event *record);

/// A scalar inside a small document: for `{"a":{"b":["x"]}}` parent `a`, key `b`, value `x`, index 0.
typedef struct {
    lw_text parent, key, value;
    /// The value where it is an unsigned number.
    uint64_t number;
    /// The place in the innermost array.
    uint32_t index;
    bool is_string;
} lw_item;

/// Lists the scalars of a small document, in order and at most three levels down; -1 if it is not JSON, or has more
/// than `capacity`. The texts are valid until the next call. The input needs no padding.
int32_t lw_flatten(lw_decoder *decoder, lw_text input, lw_item *items, uint32_t capacity);

/// The seven parts of a text of the actions' table: verb, group, resource, subresource, namespace, name, path.
void lw_action_parts(lw_text action, lw_text *parts);

/// True if the text is one JSON value and nothing else. The input needs no padding.
bool lw_is_json(lw_decoder *decoder, lw_text input);

/// Walks over one JSON value, resumably. Start with all zeros.
typedef struct {
    uint32_t depth;
    bool in_string, escaped, started, is_scalar;
} lw_scanner;

static const uint8_t lw_scan_more = 0;
static const uint8_t lw_scan_complete = 1;
static const uint8_t lw_scan_broken = 2;

/// Scans from where the last call ended; `consumed` is how many of the bytes belong to the value.
uint8_t lw_scan(lw_scanner *scanner, lw_text input, size_t *consumed);

/// Where the elements of a top-level `"items": [` (or `records`, `logEvents`, `events`) begin in an object; 0 if that
/// does not show in these bytes.
size_t lw_list_start(lw_text input);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif
#ifdef __cplusplus
}
#endif
#endif
