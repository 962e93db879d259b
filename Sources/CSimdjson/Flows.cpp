// Hubble's flows in protobuf's JSON (flow.proto, observer.proto), with original and with lowerCamelCase names.
#include "Records.hpp"
#include "Values.hpp"

using namespace leastwise;

namespace {

struct Enumerator {
    std::string_view name;
    uint8_t number;
};

constexpr Enumerator verdicts[] = {{"VERDICT_UNKNOWN", 0}, {"FORWARDED", 1}, {"DROPPED", 2}, {"ERROR", 3},
                                   {"AUDIT", 4}, {"REDIRECTED", 5}, {"TRACED", 6}, {"TRANSLATED", 7}};
constexpr Enumerator types[] = {{"UNKNOWN_TYPE", 0}, {"L3_L4", 1}, {"L7", 2}, {"SOCK", 3}};
constexpr Enumerator reasons[] = {{"TRACE_REASON_UNKNOWN", 0}, {"NEW", 1}, {"ESTABLISHED", 2}, {"REPLY", 3},
                                  {"RELATED", 4}, {"REOPENED", 5}};
constexpr Enumerator directions[] = {{"TRAFFIC_DIRECTION_UNKNOWN", 0}, {"INGRESS", 1}, {"EGRESS", 2}};
constexpr Enumerator layer7_types[] = {{"UNKNOWN_L7_TYPE", 0}, {"REQUEST", 1}, {"RESPONSE", 2}, {"SAMPLE", 3}};

/// Reads one record; the members are what the envelope says beside the flow.
struct FlowReader {
    lw_decoder &decoder;
    lw_flow &record;
    int64_t envelope_time = lw_no_time;
    bool has_flow = false, is_bare = false, is_other = false;

    template <size_t N>
    error_code enumerator(ondemand::value value, const Enumerator (&known)[N], uint8_t &result) {
        std::string_view name;
        result = lw_unknown_name;
        if (!raw_string(value, name)) {
            uint64_t plain;
            SIMDJSON_TRY(number(value, 254, plain));
            result = static_cast<uint8_t>(plain);
            return SUCCESS;
        }
        for (const Enumerator &one : known)
            if (one.name == name) result = one.number;
        return SUCCESS;
    }

    error_code time(ondemand::value value, int64_t &result) {
        std::string_view text;
        SIMDJSON_TRY(string(value, text));
        if (text.empty()) return SUCCESS;
        return decoder.clock.parse(text, result) ? SUCCESS : simdjson::INCORRECT_TYPE;
    }

    error_code text(ondemand::value value, uint8_t table, uint32_t &id) {
        std::string_view text;
        SIMDJSON_TRY(string(value, text));
        return text.empty() ? SUCCESS : decoder.intern(table, text, id);
    }

    error_code endpoint(ondemand::value value, uint32_t &id) {
        std::string_view text;
        SIMDJSON_TRY(raw_object(value, text));
        return decoder.intern(lw_table_endpoints, text, id);
    }

    error_code list(ondemand::value value, uint32_t &id) {
        std::string_view text;
        SIMDJSON_TRY(raw_array(value, text));
        return decoder.intern(lw_table_lists, text, id);
    }

    error_code port(ondemand::value value, uint16_t &result) {
        uint64_t plain;
        SIMDJSON_TRY(number(value, 65535, plain));
        result = static_cast<uint16_t>(plain);
        return SUCCESS;
    }

    error_code addresses(ondemand::value value) {
        record.source_address = record.destination_address = lw_none;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (is(key, LW_KEY("source"))) return text(inner, lw_table_addresses, record.source_address);
            if (is(key, LW_KEY("destination"))) return text(inner, lw_table_addresses, record.destination_address);
            return SUCCESS;
        });
    }

    error_code tcp_flags(ondemand::value value) {
        record.flags = 0;
        return members(value, [&](const char *key, ondemand::value inner) {
            uint8_t bit = is(key, LW_KEY("SYN"))   ? lw_flag_syn
                          : is(key, LW_KEY("ACK")) ? lw_flag_ack
                          : is(key, LW_KEY("RST")) ? lw_flag_rst
                                                   : 0;
            uint8_t truth = lw_absent;
            if (bit != 0) SIMDJSON_TRY(boolean(inner, truth));
            if (truth == lw_true) record.flags |= bit;
            return SUCCESS;
        });
    }

    error_code transport(uint8_t protocol, ondemand::value value) {
        if (is_null(value)) return SUCCESS;
        record.protocol = protocol;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (is(key, LW_KEY("source_port")) || is(key, LW_KEY("sourcePort"))) return port(inner, record.source_port);
            if (is(key, LW_KEY("destination_port")) || is(key, LW_KEY("destinationPort")))
                return port(inner, record.destination_port);
            if (is(key, LW_KEY("flags"))) return tcp_flags(inner);
            if (!is(key, LW_KEY("type"))) return SUCCESS;
            uint64_t plain;
            SIMDJSON_TRY(number(inner, 255, plain));
            record.icmp_type = static_cast<uint8_t>(plain);
            return SUCCESS;
        });
    }

    error_code layer4(ondemand::value value) {
        record.protocol = record.flags = record.icmp_type = 0;
        record.source_port = record.destination_port = 0;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (is(key, LW_KEY("TCP"))) return transport(6, inner);
            if (is(key, LW_KEY("UDP"))) return transport(17, inner);
            if (is(key, LW_KEY("SCTP"))) return transport(132, inner);
            if (is(key, LW_KEY("ICMPv4"))) return transport(1, inner);
            if (is(key, LW_KEY("ICMPv6"))) return transport(58, inner);
            return SUCCESS;
        });
    }

    error_code dns(ondemand::value value) {
        record.dns_query = record.dns_addresses = lw_none;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (is(key, LW_KEY("query"))) return text(inner, lw_table_texts, record.dns_query);
            if (is(key, LW_KEY("ips"))) return list(inner, record.dns_addresses);
            return SUCCESS;
        });
    }

    error_code layer7(ondemand::value value) {
        record.l7_type = 0;
        record.l7_is_connected = false;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (is(key, LW_KEY("type"))) return enumerator(inner, layer7_types, record.l7_type);
            if (is(key, LW_KEY("dns"))) return dns(inner);
            if ((is(key, LW_KEY("http")) || is(key, LW_KEY("kafka"))) && !is_null(inner)) record.l7_is_connected = true;
            return SUCCESS;
        });
    }

    error_code member(const char *key, ondemand::value value) {
        switch (*key) {
            case 't':
                if (is(key, LW_KEY("time"))) return time(value, record.time);
                if (is(key, LW_KEY("trace_reason")) || is(key, LW_KEY("traceReason")))
                    return enumerator(value, reasons, record.trace_reason);
                if (is(key, LW_KEY("traffic_direction")) || is(key, LW_KEY("trafficDirection")))
                    return enumerator(value, directions, record.traffic_direction);
                return SUCCESS;
            case 'v': return is(key, LW_KEY("verdict")) ? enumerator(value, verdicts, record.verdict) : SUCCESS;
            case 'I': return is(key, LW_KEY("IP")) ? addresses(value) : SUCCESS;
            case 'l':
                if (is(key, LW_KEY("l4"))) return layer4(value);
                return is(key, LW_KEY("l7")) ? layer7(value) : SUCCESS;
            case 's':
                if (is(key, LW_KEY("source"))) return endpoint(value, record.source);
                if (is(key, LW_KEY("source_names")) || is(key, LW_KEY("sourceNames")))
                    return list(value, record.source_names);
                return SUCCESS;
            case 'd':
                if (is(key, LW_KEY("destination"))) return endpoint(value, record.destination);
                if (is(key, LW_KEY("destination_names")) || is(key, LW_KEY("destinationNames")))
                    return list(value, record.destination_names);
                return SUCCESS;
            case 'T': return is(key, LW_KEY("Type")) ? enumerator(value, types, record.type) : SUCCESS;
            case 'n':
                if (is(key, LW_KEY("node_name")) || is(key, LW_KEY("nodeName")))
                    return text(value, lw_table_texts, record.node);
                return SUCCESS;
            case 'i':
                if (is(key, LW_KEY("is_reply")) || is(key, LW_KEY("isReply"))) return boolean(value, record.is_reply);
                return SUCCESS;
            case 'r': return is(key, LW_KEY("reply")) ? boolean(value, record.reply) : SUCCESS;
            default: return SUCCESS;
        }
    }

    error_code lost_events(ondemand::value value) {
        record.kind = lw_kind_lost;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (is(key, LW_KEY("num_events_lost")) || is(key, LW_KEY("numEventsLost")))
                return number(inner, INT64_MAX, record.lost);
            return SUCCESS;
        });
    }

    static bool is_other_event(const char *key) {
        return is(key, LW_KEY("node_status")) || is(key, LW_KEY("nodeStatus")) || is(key, LW_KEY("agent_event"))
            || is(key, LW_KEY("agentEvent")) || is(key, LW_KEY("debug_event")) || is(key, LW_KEY("debugEvent"));
    }

    error_code top(const char *key, ondemand::value value) {
        if (is(key, LW_KEY("flow"))) {
            has_flow = !is_null(value);
            if (has_flow) record.kind = lw_kind_flow;
            return members(value, [&](const char *name, ondemand::value inner) { return member(name, inner); });
        }
        if (is(key, LW_KEY("time"))) return time(value, envelope_time);
        if (has_flow) return SUCCESS;
        if (is(key, LW_KEY("lost_events")) || is(key, LW_KEY("lostEvents"))) return lost_events(value);
        if (is(key, LW_KEY("items")) && value.raw_json_token().substr(0, 1) == "[") record.place.is_list = true;
        if (is_other_event(key)) is_other = true;
        is_bare = is_bare || is(key, LW_KEY("verdict")) || is(key, LW_KEY("IP")) || is(key, LW_KEY("l4"));
        return member(key, value);
    }

    error_code read(ondemand::document &document) {
        ondemand::object object;
        SIMDJSON_TRY(document.get_object().get(object));
        for (auto item : object) {
            ondemand::field field;
            SIMDJSON_TRY(std::move(item).get(field));
            SIMDJSON_TRY(top(field.key().raw(), field.value()));
            if (record.place.is_list) return SUCCESS;
        }
        if (record.time == lw_no_time) record.time = envelope_time;
        if (is_other && !has_flow) record.kind = lw_kind_other;
        if (!has_flow && !is_bare && record.kind == lw_kind_flow) record.place.error = lw_not_this_source;
        return SUCCESS;
    }
};

void decode_flow(lw_decoder &decoder, const char *bytes, size_t length, lw_flow &record) {
    lw_place place = record.place;
    record = {};
    record.place = place;
    record.time = lw_no_time;
    record.source = record.destination = record.source_address = record.destination_address = lw_none;
    record.source_names = record.destination_names = record.dns_query = record.dns_addresses = record.node = lw_none;
    decode(decoder, bytes, length, record, [&](ondemand::document &document, lw_flow &target) {
        return FlowReader{decoder, target}.read(document);
    });
}

}  // namespace

lw_progress lw_flow_lines(lw_decoder *decoder, lw_text input, bool last, lw_flow *records, uint32_t capacity) {
    auto decode_one = [&](const char *bytes, size_t length, lw_flow &record) {
        decode_flow(*decoder, bytes, length, record);
    };
    return decode_lines(*decoder, input, last, records, capacity, decode_one);
}

lw_progress lw_flow_elements(lw_decoder *decoder, lw_text input, lw_flow *records, uint32_t capacity) {
    auto decode_one = [&](const char *bytes, size_t length, lw_flow &record) {
        decode_flow(*decoder, bytes, length, record);
    };
    return decode_elements(*decoder, input, records, capacity, decode_one);
}

void lw_flow_record(lw_decoder *decoder, lw_text input, lw_flow *record) {
    record->place = {0, input.length, 0, lw_ok, false};
    decode_flow(*decoder, input.bytes, input.length, *record);
}
