#include "server/cli/cli.hpp"

#include <CLI/CLI.hpp>
#include <ostream>

#include "config/reference.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/version.hpp"
#include "server/observe/metrics.hpp"

namespace server::cli {

namespace {

// The command line as a tree of commands. Each sets `chosen`, which runs after all was parsed.
class Program {
public:
    explicit Program(const Surroundings& surroundings) : to_{surroundings} {
        app_.set_version_flag("--version", "holdfast " + std::string{version});
        app_.require_subcommand(0, 1);
        add_source_options(app_);
        chosen_ = [this] { return serve(); };
        add_local();
        add_remote();
    }

    int run(int argc, const char* const* argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::Success& asked) {  // --help, --version
            return app_.exit(asked, to_.out, to_.err);
        } catch (const CLI::ParseError& error) {
            app_.exit(error, to_.out, to_.err);
            return bad_usage;
        }
        return chosen_();
    }

private:
    CLI::App& command(const std::string& name, const std::string& about, std::function<int()> act) {
        CLI::App& added = *app_.add_subcommand(name, about);
        added.callback([this, act = std::move(act)] { chosen_ = act; });
        return added;
    }

    void add_source_options(CLI::App& app) {
        app.add_option("-c,--config", file_, "Configuration file (YAML)")->type_name("FILE");
        app.add_option("--set", source_.set, "Overrides one key; may be repeated")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
    }

    void add_local() {
        add_source_options(
            command("serve", "Runs the server in the foreground (the default)", [this] { return serve(); }));
        add_source_options(command("check", "Validates the configuration: every error at once",
                                   [this] { return cli::check(source(), to_); }));
        CLI::App& route = command("route", "Says which way a call would take, without placing it",
                                  [this] { return cli::route(source(), route_, to_); });
        add_source_options(route);
        route.add_option("--from", route_.from, "Who calls")->type_name("URI");
        route.add_option("--to", route_.to, "Who is called")->type_name("URI")->required();
        route.add_option("--trunk", route_.trunk, "Trunk that the call comes in on")->type_name("NAME");
        route.add_option("--source", route_.source, "Address that the call comes from")->type_name("ADDRESS");
        route.add_flag("--json", route_.json, "Prints JSON");
        command("metrics-reference", "Prints every metric as Markdown", [this] {
            to_.out << metrics_reference();
            return fine;
        });
        command("config-reference", "Prints every configuration key as Markdown", [this] {
            to_.out << config::reference();
            return fine;
        });
    }

    void add_remote() {
        ask("calls", "Lists the calls that are up", [this] { return cli::calls(remote_, to_); });
        ask("trunks", "Lists the trunks, and whether their peers are there",
            [this] { return cli::trunks(remote_, to_); });
        ask("registrations", "Lists where users are", [this] { return cli::registrations(remote_, to_); });
        add_records();
        with_id(ask("call", "Shows one call with its ladder, also one that ended lately",
                    [this] { return cli::call(remote_, id_, to_); }));
        add_pcap();
        with_id(ask("hangup", "Ends one call", [this] { return cli::hangup(remote_, id_, to_); }));
        order("hold", "Puts one leg of a call on hold: it hears music, the other leg nothing");
        order("resume", "Ends the hold of one leg");
        order("reinvite", "Tells the peer of one leg once more what is agreed");
        add_originate();
        ask("status", "Shows how the server is", [this] {
            return cli::status(remote_, healthy_, to_);
        }).add_flag("--healthy", healthy_, "Says nothing; exits with 0 if the server is alive");
        add_log();
        ask("drain", "No new calls; the server leaves when the last one ends",
            [this] { return cli::drain(remote_, to_); });
        ask("reload", "Reads the configuration again", [this] { return cli::reload(remote_, to_); });
    }

    void add_log() {
        CLI::App& added = ask("log", "Changes what the server logs until its next reload; without LEVEL, says it",
                              [this] { return cli::log_level(remote_, level_, to_); });
        added.add_option("LEVEL", level_, "trace, debug, info, warn or error")
            ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
    }

    void add_records() {
        CLI::App& cdrs =
            ask("cdrs", "Lists records of calls that ended", [this] { return cli::records(remote_, records_, to_); });
        cdrs.add_option("--from", records_.from, "Calls that began at this time or later")->type_name("TIME");
        cdrs.add_option("--to", records_.to, "Calls that began before this time")->type_name("TIME");
        cdrs.add_option("--trunk", records_.trunk, "Calls with a leg on this trunk")->type_name("NAME");
        cdrs.add_option("--user", records_.user, "Calls with a leg of this user")->type_name("NAME");
        cdrs.add_option("--number", records_.number, "Stands in the caller's or in the dialled URI");
        cdrs.add_option("--outcome", records_.outcome, "answered, busy, cancelled, no_answer, refused or failed");
        cdrs.add_option("--limit", records_.limit, "At most so many, the latest first; 100");
    }

    CLI::App& ask(const std::string& name, const std::string& about, std::function<int()> act) {
        CLI::App& added = command(name, about, std::move(act));
        added
            .add_option(
                "--url", remote_.url,
                "HTTP API of the server; its token comes from HOLDFAST_TOKEN, on its machine also from its variables")
            ->type_name("URL")
            ->capture_default_str();
        added.add_flag("--json", remote_.json, "Prints JSON");
        return added;
    }

    void order(const std::string& name, const std::string& about) {
        CLI::App& added = ask(name, about, [this, name] { return cli::order(remote_, id_, {leg_, name}, to_); });
        with_id(added);
        added.add_option("LEG", leg_, "a: the leg of the caller; b: that of the callee")
            ->required()
            ->check(CLI::IsMember({"a", "b"}));
    }

    void add_pcap() {
        CLI::App& added = ask("pcap", "Writes the SIP messages of a call, also of one that ended lately, as pcapng",
                              [this] { return cli::pcap(remote_, id_, pcap_, to_); });
        with_id(added);
        added.add_option("-o,--output", pcap_.file, "Where to; `-`: standard output")->type_name("FILE")->required();
        added.add_option("--rtp", pcap_.rtp_s, "With the RTP of the next seconds, of a call that is up")
            ->type_name("SECONDS")
            ->check(CLI::Range(1, 60));
    }

    void add_originate() {
        CLI::App& added = ask("originate", "Calls FROM, and when it has answered TO; prints the id of the call",
                              [this] { return cli::originate(remote_, originate_, to_); });
        added.add_option("FROM", originate_.from, "Who is called first: a user, a number or a SIP URI")->required();
        added.add_option("TO", originate_.to, "Who is called then, as FROM would dial it")->required();
        added.add_option("--display", originate_.display, "Name that FROM is shown")->type_name("TEXT");
        added.add_option("--as", originate_.as, "By whose routes: trunk:NAME or user:NAME")->type_name("PARTY");
        added.add_option("--timeout", originate_.timeout_s, "Seconds that each of them may ring")
            ->type_name("SECONDS")
            ->check(CLI::Range(1, 600));
    }

    void with_id(CLI::App& app) { app.add_option("ID", id_, "Id of the call")->required(); }

    config::Source source() {
        source_.environment = to_.environment;
        if (!file_.empty()) { source_.file = file_; }
        return source_;
    }
    int serve() { return to_.serve(source()); }

    const Surroundings& to_;
    CLI::App app_{"holdfast: a SIP back-to-back user agent that anchors media, and holds", "holdfast"};
    std::function<int()> chosen_;
    std::string file_;
    config::Source source_;
    RouteArguments route_;
    Remote remote_;
    RecordArguments records_;
    OriginateArguments originate_;
    PcapArguments pcap_;
    std::string id_;
    std::string leg_;
    std::string level_;
    bool healthy_ = false;
};

}  // namespace

int run(int argc, const char* const* argv, const Surroundings& surroundings) {
    return Program{surroundings}.run(argc, argv);
}

}  // namespace server::cli
