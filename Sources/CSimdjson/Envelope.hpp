// What managed clouds put around one audit event.
#pragma once

#include "LogEntry.hpp"

namespace leastwise {

/// The members of a record that is no event itself, but may hold one.
///
/// - CloudWatch (EKS): the event as a text in `message`, or as a text or object in `@message`.
/// - Azure Monitor (AKS): the event as a text in `properties.log`, where `category` is one of Kubernetes' audit.
/// - Cloud Logging (GKE): a LogEntry.
struct Envelope {
    std::string_view message, log, category;
    LogEntry entry;
    /// When the envelope was written: the time of an event that has none.
    int64_t time = lw_no_time;

    error_code member(const char *key, ondemand::value value, Clock &clock) {
        switch (*key) {
            case '@': return is(key, LW_KEY("@message")) ? event(value, message) : SUCCESS;
            case 'c': return is(key, LW_KEY("category")) ? text(value, category) : SUCCESS;
            case 'l':
                if (!is(key, LW_KEY("labels")) || !is_object(value)) return SUCCESS;
                return members(value, [&](const char *name, ondemand::value inner) {
                    return entry.labels.member(name, inner);
                });
            case 'm': return is(key, LW_KEY("message")) ? event(value, message) : SUCCESS;
            case 'o':
                if (!is(key, LW_KEY("operation")) || !is_object(value)) return SUCCESS;
                return members(value, [&](const char *name, ondemand::value inner) {
                    return entry.operation_member(name, inner);
                });
            case 'p':
                if (is(key, LW_KEY("protoPayload")) && is_object(value)) return entry.payload(value);
                if (!is(key, LW_KEY("properties")) || !is_object(value)) return SUCCESS;
                return members(value, [&](const char *name, ondemand::value inner) {
                    return is(name, LW_KEY("log")) ? event(inner, log) : SUCCESS;
                });
            case 't': {
                std::string_view moment;
                if (is(key, LW_KEY("time")) && raw_string(value, moment)) clock.parse(moment, time);
                return SUCCESS;
            }
            default: return SUCCESS;
        }
    }

    /// The event's own text; empty where there is none.
    std::string_view event() const {
        bool is_audit = category == "kube-audit" || category == "kube-audit-admin";
        std::string_view text = is_audit ? log : message;
        size_t start = text.find_first_not_of(" \t\r\n");
        return start != std::string_view::npos && text[start] == '{' ? text.substr(start) : std::string_view();
    }

  private:
    static bool is_object(ondemand::value &value) { return value.raw_json_token().substr(0, 1) == "{"; }

    /// A text; empty for anything else, which makes the record no envelope.
    static error_code text(ondemand::value value, std::string_view &text) {
        std::string_view raw;
        text = {};
        return raw_string(value, raw) ? string(value, text) : SUCCESS;
    }

    static error_code event(ondemand::value value, std::string_view &target) {
        return is_object(value) ? raw_object(value, target) : text(value, target);
    }
};

}  // namespace leastwise
