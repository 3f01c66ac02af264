import "./lane";
import "./outages";
import "./frontend-server";
import "./conflicts";
import "./deleted-elsewhere";
import "./tokens";
import "./cross-origin";
import "./offline";
