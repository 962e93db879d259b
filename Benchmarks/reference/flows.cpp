// The yardstick for Hubble flows. Usage: flows FILE
#include "reference.hpp"

static std::string_view raw(ondemand::array list) { return list.raw_json(); }

struct Flow {
    std::string_view time, verdict, type, source_ip, destination_ip, node, protocol, trace_reason, query;
    std::string_view source_names, destination_names, ips;
    uint64_t source_port = 0, destination_port = 0, icmp = 0;
    bool syn = false, ack = false, rst = false, has_reply = false, reply = false;
    std::string source, destination, source_pod, destination_pod;
    bool source_is_pod = false, destination_is_pod = false;

    void clear() {
        std::string a = std::move(source), b = std::move(destination);
        std::string c = std::move(source_pod), d = std::move(destination_pod);
        *this = Flow();
        source = std::move(a), destination = std::move(b), source_pod = std::move(c), destination_pod = std::move(d);
        source.clear(), destination.clear(), source_pod.clear(), destination_pod.clear();
    }
};

static void endpoint(ondemand::object object, std::string &key, std::string &pod, bool &is_pod) {
    std::string_view space, cluster, kind, name;
    std::string labels;
    for (auto field : object) {
        std::string_view member = field.unescaped_key();
        if (member == "namespace") space = field.value().get_string();
        else if (member == "cluster_name") cluster = field.value().get_string();
        else if (member == "pod_name") pod = std::string_view(field.value().get_string());
        else if (member == "labels") {
            for (auto element : field.value().get_array()) {
                std::string_view label = element.get_string();
                if (label.substr(0, 9) == "reserved:") add(labels, label);
                else if (label.substr(0, 4) == "k8s:" && label.substr(4, 3) != "io.") add(labels, label);
            }
        } else if (member == "workloads") {
            for (auto element : field.value().get_array())
                for (auto inner : element.get_object()) {
                    std::string_view which = inner.unescaped_key();
                    if (which == "name") name = inner.value().get_string();
                    else if (which == "kind") kind = inner.value().get_string();
                }
        }
    }
    is_pod = !space.empty();
    for (std::string_view part : {cluster, space, kind, name, std::string_view(labels)}) add(key, part);
}

static void layer4(ondemand::object object, Flow &flow) {
    for (auto field : object) {
        flow.protocol = field.unescaped_key();
        for (auto inner : field.value().get_object()) {
            std::string_view member = inner.unescaped_key();
            if (member == "source_port") flow.source_port = inner.value().get_uint64();
            else if (member == "destination_port") flow.destination_port = inner.value().get_uint64();
            else if (member == "type") flow.icmp = inner.value().get_uint64();
            else if (member == "flags")
                for (auto flag : inner.value().get_object()) {
                    std::string_view name = flag.unescaped_key();
                    if (name == "SYN") flow.syn = flag.value().get_bool();
                    else if (name == "ACK") flow.ack = flag.value().get_bool();
                    else if (name == "RST") flow.rst = flag.value().get_bool();
                }
        }
    }
}

static void layer7(ondemand::object object, Flow &flow) {
    for (auto field : object) {
        if (std::string_view(field.unescaped_key()) != "dns") continue;
        for (auto inner : field.value().get_object()) {
            std::string_view member = inner.unescaped_key();
            if (member == "query") flow.query = inner.value().get_string();
            else if (member == "ips") flow.ips = raw(inner.value().get_array());
        }
    }
}

static void read(ondemand::object object, Flow &flow) {
    for (auto field : object) {
        std::string_view member = field.unescaped_key();
        if (member == "time") flow.time = field.value().get_string();
        else if (member == "verdict") flow.verdict = field.value().get_string();
        else if (member == "Type") flow.type = field.value().get_string();
        else if (member == "node_name") flow.node = field.value().get_string();
        else if (member == "trace_reason") flow.trace_reason = field.value().get_string();
        else if (member == "is_reply") flow.has_reply = true, flow.reply = field.value().get_bool();
        else if (member == "l4") layer4(field.value().get_object(), flow);
        else if (member == "l7") layer7(field.value().get_object(), flow);
        else if (member == "source_names") flow.source_names = raw(field.value().get_array());
        else if (member == "destination_names") flow.destination_names = raw(field.value().get_array());
        else if (member == "source")
            endpoint(field.value().get_object(), flow.source, flow.source_pod, flow.source_is_pod);
        else if (member == "destination")
            endpoint(field.value().get_object(), flow.destination, flow.destination_pod, flow.destination_is_pod);
        else if (member == "IP")
            for (auto inner : field.value().get_object()) {
                std::string_view which = inner.unescaped_key();
                if (which == "source") flow.source_ip = inner.value().get_string();
                else if (which == "destination") flow.destination_ip = inner.value().get_string();
            }
    }
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    ondemand::parser parser;
    Facts edges, sightings, names;
    std::string key;
    Flow flow;
    long records = 0, bad = 0;
    auto see = [&](Facts &facts) -> Fact & {
        auto found = facts.find(key);
        if (found == facts.end()) found = facts.emplace(key, Fact()).first;
        found->second.see(flow.time);
        return found->second;
    };
    auto sight = [&](std::string_view pod, std::string_view peer, std::string_view ip) {
        if (pod.empty() || ip.empty()) return;
        key.clear();
        for (std::string_view part : {pod, peer, ip}) add(key, part);
        see(sightings);
    };
    auto name = [&](std::string_view list, std::string_view ip) {
        if (list.empty()) return;
        key.clear();
        add(key, list), add(key, ip);
        see(names);
    };
    int status = each_line(arguments[1], [&](const char *line, size_t length) {
        records++;
        try {
            flow.clear();
            ondemand::document document = parser.iterate(line, length, length + simdjson::SIMDJSON_PADDING);
            for (auto field : document.get_object())
                if (std::string_view(field.unescaped_key()) == "flow") read(field.value().get_object(), flow);
        } catch (const simdjson::simdjson_error &) {
            bad++;
            return;
        }
        if (flow.verdict != "FORWARDED" && flow.verdict != "AUDIT" && flow.verdict != "REDIRECTED") return;
        sight(flow.source_pod, flow.source, flow.source_ip);
        sight(flow.destination_pod, flow.destination, flow.destination_ip);
        name(flow.source_names, flow.source_ip);
        name(flow.destination_names, flow.destination_ip);
        name(flow.query, flow.ips);
        if (flow.type == "L7") return;
        key.clear();
        auto side = [&](const std::string &peer, bool is_pod, std::string_view ip) {
            add(key, peer);
            add(key, is_pod ? "" : ip);
        };
        if (flow.reply) side(flow.destination, flow.destination_is_pod, flow.destination_ip);
        side(flow.source, flow.source_is_pod, flow.source_ip);
        if (!flow.reply) side(flow.destination, flow.destination_is_pod, flow.destination_ip);
        uint64_t port = flow.reply ? flow.source_port : flow.destination_port;
        add(key, flow.protocol);
        key.append(reinterpret_cast<const char *>(&port), sizeof port);
        Fact &fact = see(edges);
        if (flow.reply) (flow.rst ? fact.refusals : fact.answers)++;
        else fact.count++, fact.attempts += flow.syn && !flow.ack;
    });
    report(records, bad, edges);
    return status;
}
