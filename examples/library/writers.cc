// SPDX-License-Identifier: BSD-2-Clause
// Who may write to whom: for each pair of threads, the endpoints and notifications through which the first can send to the second.
// usage: writers SPEC
//
//     c++ -std=c++17 writers.cc $(pkg-config --cflags --libs capdl-spec)
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <capdl/spec.h>

using Ids = std::set<uint32_t>;

// What a thread can send to and receive from: the capabilities in its CSpace, CNodes in it included.
struct Reach {
    Ids sends, receives;
};

static void collect(const capdl_spec *spec, uint32_t cnode, Ids &visited, Reach &reach)
{
    if (!visited.insert(cnode).second) {
        return;
    }
    const capdl_caps caps = capdl_object_caps(spec, cnode);
    for (uint32_t i = 0; i < caps.count; i++) {
        const capdl_cap &cap = caps.list[i];
        if (cap.kind == CAPDL_KIND_CNODE) {
            collect(spec, cap.object, visited, reach);
        } else if (cap.kind == CAPDL_KIND_EP || cap.kind == CAPDL_KIND_NOTIFICATION) {
            if (cap.rights & CAPDL_RIGHT_WRITE) {
                reach.sends.insert(cap.object);
            }
            if (cap.rights & CAPDL_RIGHT_READ) {
                reach.receives.insert(cap.object);
            }
        }
    }
}

static std::string label(const capdl_spec *spec, uint32_t id)
{
    char text[256];
    return capdl_object_label(spec, id, text, sizeof(text));
}

static void print_pairs(const capdl_spec *spec)
{
    std::map<uint32_t, Reach> threads;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const capdl_cap *cspace =
            capdl_object_kind(spec, i) == CAPDL_KIND_TCB ? capdl_spec_cap_at(spec, i, CAPDL_TCB_SLOT_CSPACE) : nullptr;
        if (cspace) {
            Ids visited;
            collect(spec, cspace->object, visited, threads[i]);
        }
    }
    for (const auto &[writer, from] : threads) {
        for (const auto &[reader, to] : threads) {
            for (uint32_t object : from.sends) {
                if (writer != reader && to.receives.count(object)) {
                    std::cout << label(spec, writer) << " -> " << label(spec, reader) << " by " << label(spec, object)
                              << '\n';
                }
            }
        }
    }
}

int main(int argc, char **argv)
{
    std::ifstream file(argc == 2 ? argv[1] : "");
    if (!file) {
        std::cerr << "usage: writers SPEC\n";
        return 2;
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    capdl_text_options options{};
    capdl_diags diags{};
    capdl_spec spec;
    capdl_spec_init(&spec);
    const uint16_t source = capdl_diags_add_source(&diags, argv[1], text.data(), text.size());
    const bool good = capdl_spec_read_text(&spec, &diags, source, &options);
    if (good) {
        print_pairs(&spec);
    } else {
        capdl_diags_print(&diags, stderr, 0);
    }
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    return good ? 0 : 1;
}
