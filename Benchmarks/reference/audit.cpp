// The yardstick for audit events. Usage: audit FILE
#include "reference.hpp"

struct Event {
    std::string_view id, stage, uri, verb, agent, time, decision, reason;
    std::string_view user, impersonated, group, resource, subresource, space, name;
    std::vector<std::string_view> groups;
    uint64_t code = 0;
};

static std::string_view user(ondemand::object object, std::vector<std::string_view> &groups) {
    std::string_view name;
    for (auto field : object) {
        std::string_view member = field.unescaped_key();
        if (member == "username") name = field.value().get_string();
        else if (member == "groups") {
            groups.clear();
            for (auto element : field.value().get_array()) groups.push_back(element.get_string());
        }
    }
    return name;
}

static void read(ondemand::object object, Event &event) {
    for (auto field : object) {
        std::string_view member = field.unescaped_key();
        if (member == "auditID") event.id = field.value().get_string();
        else if (member == "stage") event.stage = field.value().get_string();
        else if (member == "requestURI") event.uri = field.value().get_string();
        else if (member == "verb") event.verb = field.value().get_string();
        else if (member == "userAgent") event.agent = field.value().get_string();
        else if (member == "requestReceivedTimestamp") event.time = field.value().get_string();
        else if (member == "user") event.user = user(field.value().get_object(), event.groups);
        else if (member == "impersonatedUser") event.impersonated = user(field.value().get_object(), event.groups);
        else if (member == "responseStatus") {
            for (auto inner : field.value().get_object())
                if (std::string_view(inner.unescaped_key()) == "code") event.code = inner.value().get_uint64();
        } else if (member == "annotations") {
            for (auto inner : field.value().get_object()) {
                std::string_view which = inner.unescaped_key();
                if (which == "authorization.k8s.io/decision") event.decision = inner.value().get_string();
                else if (which == "authorization.k8s.io/reason") event.reason = inner.value().get_string();
            }
        } else if (member == "objectRef") {
            for (auto inner : field.value().get_object()) {
                std::string_view which = inner.unescaped_key();
                if (which == "resource") event.resource = inner.value().get_string();
                else if (which == "namespace") event.space = inner.value().get_string();
                else if (which == "name") event.name = inner.value().get_string();
                else if (which == "apiGroup") event.group = inner.value().get_string();
                else if (which == "subresource") event.subresource = inner.value().get_string();
            }
        }
    }
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    ondemand::parser parser;
    Facts edges, members;
    std::unordered_map<std::string, bool> lasting;
    std::string key;
    Event event;
    long records = 0, bad = 0;
    auto see = [&](Facts &facts) -> Fact & {
        auto found = facts.find(key);
        if (found == facts.end()) found = facts.emplace(key, Fact()).first;
        found->second.see(event.time);
        return found->second;
    };
    int status = each_line(arguments[1], [&](const char *line, size_t length) {
        records++;
        try {
            event = Event();
            ondemand::document document = parser.iterate(line, length, length + simdjson::SIMDJSON_PADDING);
            read(document.get_object(), event);
        } catch (const simdjson::simdjson_error &) {
            bad++;
            return;
        }
        if (event.stage == "RequestReceived" || event.verb.empty()) return;
        if (event.decision.empty() && event.code == 0) return;
        std::string_view subject = event.impersonated.empty() ? event.user : event.impersonated;
        std::string_view path = event.resource.empty() ? event.uri.substr(0, event.uri.find('?')) : std::string_view();
        key.clear();
        for (std::string_view part : {subject, event.verb, event.group, event.resource, event.subresource, event.space,
                                      event.name, path, event.decision, event.reason})
            add(key, part);
        Fact &fact = see(edges);
        bool is_new = event.verb != "watch" || lasting.emplace(std::string(event.id), true).second;
        if (lasting.size() > 65536) lasting.clear();
        fact.count += is_new;
        fact.attempts += event.uri.find("dryRun=") != std::string_view::npos;
        for (std::string_view group : event.groups) {
            key.clear();
            add(key, subject), add(key, group);
            see(members);
        }
    });
    report(records, bad, edges);
    return status;
}
