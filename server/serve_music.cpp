#include "server/serve_music.hpp"

#include <set>

#include "media/music/sound_file.hpp"

namespace server {

std::shared_ptr<const media::MusicLibrary> load_music(const config::Config& config, Log& log) {
    static constexpr const char* builtin = "builtin";
    auto library = std::make_shared<media::MusicLibrary>();
    library->add(builtin, library->find(builtin));
    std::set<std::string> files{config.hold.music};
    for (const auto& [name, trunk] : config.trunks) { files.insert(trunk.hold.music); }
    files.erase(builtin);
    for (const std::string& file : files) {
        if (file.starts_with("sip:")) {  // what plays until the music server does, and when it fails
            library->add(file, library->find(builtin));
            continue;
        }
        std::string why;
        const std::optional<media::Pcm> samples = media::load_sound_file(file, why);
        if (!samples) {
            log.warn("music.unreadable", {{"file", file}, {"why", why}, {"instead", "the built-in tune"}});
            library->add(file, library->find(builtin));
            continue;
        }
        library->add(file, std::make_shared<media::EncodedTune>(*samples));
    }
    library->add("", library->find(config.hold.music));
    return library;
}

}  // namespace server
