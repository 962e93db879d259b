// Google's own form of an audit event: a LogEntry of Cloud Logging whose payload is an AuditLog of the service k8s.io.
//
// Sources: Google's documentation of GKE audit logging, of LogEntry and AuditLog, and google/rpc/code.proto.
#pragma once

#include <algorithm>

#include "Values.hpp"

namespace leastwise {

/// What the authorizer decided, as annotations of an event and labels of a LogEntry have it.
struct Decision {
    uint8_t outcome = lw_decision_absent;
    /// With its quotes and escapes: these are resolved once for each distinct reason.
    std::string_view reason;

    error_code member(const char *key, ondemand::value value) {
        std::string_view text;
        // Some writers of JSON escape the slash.
        if (is(key, LW_KEY("authorization.k8s.io/decision")) || is(key, LW_KEY("authorization.k8s.io\\/decision"))) {
            SIMDJSON_TRY(string(value, text));
            outcome = text == "allow"    ? lw_decision_allow
                      : text == "forbid" ? lw_decision_forbid
                                         : lw_decision_absent;
        } else if (
            is(key, LW_KEY("authorization.k8s.io/reason")) || is(key, LW_KEY("authorization.k8s.io\\/reason"))) {
            if (!raw_string(value, text)) return simdjson::INCORRECT_TYPE;
            reason = {text.data() - 1, text.size() + 2};
        }
        return SUCCESS;
    }
};

struct LogEntry {
    bool is_present = false;
    std::string_view service, method, resource, agent, operation;
    /// Strings as they stand in the record, without their quotes.
    std::string_view principal, selector;
    bool has_authentication = false, is_first = false, is_last = false;
    /// What the elements of authorizationInfo say; a false one may be left out, as protobuf's JSON does.
    bool is_granted = false, is_refused = false;
    bool has_status = false;
    uint64_t status = 0;
    Decision labels;

    error_code operation_member(const char *key, ondemand::value value) {
        uint8_t flag = lw_absent;
        if (is(key, LW_KEY("id"))) return string(value, operation);
        if (is(key, LW_KEY("first"))) {
            SIMDJSON_TRY(boolean(value, flag));
            is_first = flag == lw_true;
        } else if (is(key, LW_KEY("last"))) {
            SIMDJSON_TRY(boolean(value, flag));
            is_last = flag == lw_true;
        }
        return SUCCESS;
    }

    error_code payload(ondemand::value value) {
        is_present = true;
        return members(value, [&](const char *key, ondemand::value inner) { return payload_member(key, inner); });
    }

    /// The status as an HTTP code (google/rpc/code.proto); 0 as long as the request is not answered.
    uint32_t code() const {
        constexpr uint32_t codes[] = {200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500,
                                      401};
        if (!has_status && is_started()) return 0;
        return status < sizeof codes / sizeof *codes ? codes[status] : static_cast<uint32_t>(status);
    }

    /// The first of several entries for one request.
    bool is_started() const { return is_first && !is_last; }

    /// A refusal anywhere counts, then the label. The element alone is believed unless the status contradicts it.
    uint8_t decision() const {
        if (is_refused || labels.outcome == lw_decision_forbid) return lw_decision_forbid;
        if (labels.outcome == lw_decision_allow) return lw_decision_allow;
        return is_granted && code() != 403 ? lw_decision_allow : lw_decision_absent;
    }

    bool is_kubernetes() const { return service.empty() ? method.substr(0, 7) == "io.k8s." : service == "k8s.io"; }

    /// `io.k8s.core.v1.pods.exec.create`: what stands behind the last dot.
    std::string_view verb() const { return method.substr(method.rfind('.') + 1); }

    /// `io.k8s.get` asks for a path, which stands where resources have their name.
    bool is_path() const { return method.substr(0, 7) == "io.k8s." && method.find('.', 7) == std::string_view::npos; }

  private:
    error_code payload_member(const char *key, ondemand::value value) {
        if (is(key, LW_KEY("serviceName"))) return string(value, service);
        if (is(key, LW_KEY("methodName"))) return string(value, method);
        if (is(key, LW_KEY("resourceName"))) return string(value, resource);
        if (is(key, LW_KEY("authorizationInfo"))) return authorization(value);
        if (is(key, LW_KEY("authenticationInfo"))) {
            has_authentication = !is_null(value);
            return members(value, [&](const char *name, ondemand::value inner) {
                if (is(name, LW_KEY("principalEmail"))) return raw_text(inner, principal);
                return is(name, LW_KEY("authoritySelector")) ? raw_text(inner, selector) : SUCCESS;
            });
        }
        if (is(key, LW_KEY("requestMetadata")))
            return members(value, [&](const char *name, ondemand::value inner) {
                return is(name, LW_KEY("callerSuppliedUserAgent")) ? string(inner, agent) : SUCCESS;
            });
        if (!is(key, LW_KEY("status"))) return SUCCESS;
        has_status = !is_null(value);
        return members(value, [&](const char *name, ondemand::value inner) {
            return is(name, LW_KEY("code")) ? number(inner, 999, status) : SUCCESS;
        });
    }

    static error_code raw_text(ondemand::value value, std::string_view &text) {
        if (raw_string(value, text)) return SUCCESS;
        text = {};
        return is_null(value) ? SUCCESS : simdjson::INCORRECT_TYPE;
    }

    error_code authorization(ondemand::value value) {
        if (is_null(value)) return SUCCESS;
        ondemand::array checks;
        SIMDJSON_TRY(value.get_array().get(checks));
        for (auto element : checks) {
            ondemand::value check;
            SIMDJSON_TRY(std::move(element).get(check));
            SIMDJSON_TRY(members(check, [&](const char *key, ondemand::value inner) {
                uint8_t granted = lw_absent;
                if (!is(key, LW_KEY("granted"))) return SUCCESS;
                SIMDJSON_TRY(boolean(inner, granted));
                is_granted = is_granted || granted == lw_true;
                is_refused = is_refused || granted == lw_false;
                return SUCCESS;
            }));
        }
        return SUCCESS;
    }
};

/// `core/v1/namespaces/shop/pods/web/exec` in its parts, which are those of a request's path
/// (k8s.io/apiserver, pkg/endpoints/request, RequestInfoFactory).
struct ResourceName {
    std::string_view group, resource, subresource, space, name;

    /// Without a resource where the text is none.
    explicit ResourceName(std::string_view text) {
        std::string_view rest = text, version;
        group = next(rest);
        version = next(rest);
        if (group == "core") group = {};
        resource = next(rest);
        if (version.empty()) resource = {};
        if (resource == "namespaces" && !rest.empty()) {
            space = name = next(rest);
            subresource = next(rest);
            if (subresource.empty() || subresource == "status" || subresource == "finalize") return;
            resource = subresource;
            subresource = {};
        }
        name = next(rest);
        subresource = next(rest);
    }

  private:
    static std::string_view next(std::string_view &rest) {
        size_t end = std::min(rest.find('/'), rest.size());
        std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return part;
    }
};

}  // namespace leastwise
