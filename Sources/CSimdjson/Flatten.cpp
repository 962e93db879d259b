// Small documents as a list of their scalars, for texts that are looked at once.
#include "Decoder.hpp"

namespace dom = simdjson::dom;

namespace {

struct Flattener {
    lw_item *items;
    uint32_t capacity;
    uint32_t count = 0;

    static lw_text text(std::string_view view) { return {view.data() == nullptr ? "" : view.data(), view.size()}; }

    bool add(const lw_item &item) {
        if (count == capacity) return false;
        items[count++] = item;
        return true;
    }

    bool scalar(dom::element element, lw_item item) {
        std::string_view view;
        bool truth;
        item.is_string = element.get(view) == simdjson::SUCCESS;
        if (element.is_null()) return true;
        if (element.get(truth) == simdjson::SUCCESS) view = truth ? "true" : "false";
        if (element.get(item.number) != simdjson::SUCCESS) item.number = 0;
        item.value = text(view);
        return add(item);
    }

    bool visit(dom::element element, lw_item item, int depth) {
        dom::object object;
        dom::array array;
        if (element.get(object) == simdjson::SUCCESS) {
            if (depth == 3) return true;
            for (auto field : object)
                if (!visit(field.value, {item.key, text(field.key), {"", 0}, 0, item.index, false}, depth + 1))
                    return false;
            return true;
        }
        if (element.get(array) != simdjson::SUCCESS) return scalar(element, item);
        if (depth == 3) return true;
        item.index = 0;
        for (auto value : array) {
            if (!visit(value, item, depth + 1)) return false;
            item.index++;
        }
        return true;
    }
};

}  // namespace

int32_t lw_flatten(lw_decoder *decoder, lw_text input, lw_item *items, uint32_t capacity) {
    dom::element root;
    if (decoder->documents.parse(input.bytes, input.length, true).get(root) != simdjson::SUCCESS) return -1;
    Flattener flattener{items, capacity};
    bool all = flattener.visit(root, {{"", 0}, {"", 0}, {"", 0}, 0, 0, false}, 0);
    return all ? static_cast<int32_t>(flattener.count) : -1;
}

bool lw_is_json(lw_decoder *decoder, lw_text input) {
    dom::element root;
    return decoder->documents.parse(input.bytes, input.length, true).get(root) == simdjson::SUCCESS;
}
