// What each command does once its arguments are read. All return the exit code.
#pragma once

#include <optional>
#include <string>

#include "config/load.hpp"
#include "server/cli/cli.hpp"

namespace server::cli {

struct RouteArguments {
    std::string from;
    std::string to;
    std::string trunk;
    std::string source;  // address that the request would come from
    bool json = false;
};

int check(const config::Source& source, const Surroundings& to);
int route(const config::Source& source, const RouteArguments& arguments, const Surroundings& to);

// A server that runs, and how to print what it says.
struct Remote {
    std::string url = "http://127.0.0.1:9060";
    bool json = false;
};

int calls(const Remote& remote, const Surroundings& to);
int trunks(const Remote& remote, const Surroundings& to);
int registrations(const Remote& remote, const Surroundings& to);
// Which records are looked for; what is empty is not said.
struct RecordArguments {
    std::string from;
    std::string to;
    std::string trunk;
    std::string user;
    std::string number;
    std::string outcome;
    std::string limit;
};
int records(const Remote& remote, const RecordArguments& arguments, const Surroundings& to);
int call(const Remote& remote, const std::string& id, const Surroundings& to);
struct PcapArguments {
    std::string file;    // "-": standard output
    unsigned rtp_s = 0;  // seconds of RTP that are waited for; 0: SIP alone
};
int pcap(const Remote& remote, const std::string& id, const PcapArguments& arguments, const Surroundings& to);
int hangup(const Remote& remote, const std::string& id, const Surroundings& to);
// What is asked of one leg of a live call.
struct LegArguments {
    std::string leg;    // a or b
    std::string order;  // hold, resume or reinvite
};
int order(const Remote& remote, const std::string& id, const LegArguments& leg, const Surroundings& to);
struct OriginateArguments {
    std::string from;
    std::string to;
    std::string display;
    std::string as;
    unsigned timeout_s = 0;  // 0: as the server has it
};
int originate(const Remote& remote, const OriginateArguments& arguments, const Surroundings& to);
int status(const Remote& remote, bool healthy, const Surroundings& to);
// Empty: it is only asked for.
int log_level(const Remote& remote, const std::string& level, const Surroundings& to);
int drain(const Remote& remote, const Surroundings& to);
int reload(const Remote& remote, const Surroundings& to);

}  // namespace server::cli
