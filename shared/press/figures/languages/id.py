"""Indonesian, often machine translated: number style and the words that carry a meaning."""

from shared.press.figures.language import Language

INDONESIAN = Language(
    code="id",
    decimal=",",
    group=".",
    function_words=(
        "dan yang di dengan untuk pada dari dalam telah adalah ini ke oleh akan rumah tangga "
        "tahun provinsi kemiskinan masyarakat sebesar menjadi"
    ),
    letters="",
    adjective_words=2,
    noun_first=True,
    abbreviations="no bpk dr ir prof jl kab prov sdr hj h drs tn ny",
    openers="",
    spaced=True,
    cues={
        "num:1": "satu",
        "num:2": "dua",
        "num:3": "tiga",
        "num:4": "empat",
        "num:5": "lima",
        "num:6": "enam",
        "num:7": "tujuh",
        "num:8": "delapan",
        "num:9": "sembilan",
        "num:10": "sepuluh",
        "num:11": "sebelas",
        "num:12": "dua belas",
        "num:13": "tiga belas",
        "num:14": "empat belas",
        "num:15": "lima belas",
        "num:16": "enam belas",
        "num:17": "tujuh belas",
        "num:18": "delapan belas",
        "num:19": "sembilan belas",
        "num:100": "seratus",
        "num:1000": "seribu",
        "num:0.5": "setengah",
        "mult:1": "puluh",
        "mult:2": "ratus",
        "mult:3": "ribu",
        "mult:6": "juta",
        "mult:9": "miliar|milyar",
        "mult:12": "triliun|trilyun|ribu miliar",
        "range": "hingga|sampai|-|s/d|sampai dengan",
        "between": "antara",
        "and": "dan",
        "unit:VND": "vnd|dong|vnđ|đồng|dong vietnam|đ|₫",
        "unit:USD": "usd|dolar as|dolar|us$|$|dollar",
        "unit:IDR": "rupiah|rp",
        "unit:EUR": "euro|eur",
        "unit:percent": "%|persen|per seratus",
        "unit:percentage_points": "poin persentase|poin persen|persen poin|titik persentase|poin",
        "unit:households": "rumah tangga|keluarga|kk|kepala keluarga|rumahtangga",
        "unit:persons": (
            "orang|jiwa|warga|penduduk|penerima manfaat|penerima|anggota|individu|"
            "peserta pelatihan|kasus|nasabah|peminjam|masyarakat"
        ),
        "unit:persons group:workers": "pekerja|tenaga kerja|buruh|karyawan",
        "unit:persons group:students": "siswa|pelajar|mahasiswa|murid",
        "unit:persons group:elderly": "lansia|lanjut usia",
        "unit:persons group:disabled": "penyandang disabilitas",
        "unit:persons group:children": "anak|anak-anak",
        "unit:persons group:women": "perempuan|wanita",
        "unit:persons group:poor": "orang miskin|kaum miskin|warga miskin|penduduk miskin",
        "unit:persons group:social_protection": (
            "penerima perlindungan sosial|penerima bantuan sosial|"
            "penerima manfaat perlindungan sosial"
        ),
        "unit:persons group:farmers": "petani",
        "unit:houses": (
            "rumah|unit rumah|rumah baru|hunian|tempat tinggal|rumah sementara|rumah bobrok|"
            "unit baru|unit perbaikan"
        ),
        "unit:models": "model|model mata pencaharian",
        "unit:communes": "komune|kecamatan|kelurahan|komunitas",
        "unit:villages": "desa|dusun|kampung",
        "unit:districts": "distrik|kabupaten",
        "unit:provinces": "provinsi|provinsi dan kota|daerah",
        "unit:enterprises": "perusahaan|badan usaha|usaha|bisnis",
        "unit:cooperatives": "koperasi",
        "unit:cattle": "ekor sapi|sapi|ekor kerbau|ekor sapi bibit|sapi bibit|ternak sapi",
        "unit:animals": "ekor|ekor kambing|ekor babi|ternak|ekor ayam|ekor ternak",
        "unit:bicycles": "sepeda|unit sepeda",
        "unit:water_tanks": "tangki air|tandon air|unit tangki air",
        "unit:cards": "kartu|kartu asuransi kesehatan|kartu asuransi|kartu jaminan kesehatan",
        "unit:gifts": "paket|bingkisan|paket hadiah|hadiah|paket bantuan",
        "unit:scholarships": "beasiswa",
        "unit:projects": "proyek|subproyek|sub-proyek",
        "unit:works": "pekerjaan konstruksi|bangunan|infrastruktur|proyek infrastruktur",
        "unit:classes": "kelas|kursus|kelas pelatihan|pelatihan",
        "unit:loans": "pinjaman",
        "unit:toilets": "toilet|jamban",
        "unit:jobs": "lapangan kerja|lapangan pekerjaan|pekerjaan baru|pekerjaan|kesempatan kerja",
        "unit:tonnes": "ton",
        "unit:kg": "kg|kilogram",
        "unit:m2": "m2|m²|meter persegi",
        "unit:ha": "ha|hektar|hektare",
        "unit:km": "km|kilometer",
        "unit:years_of_life": "masa pakai|umur pakai|usia pakai|tahan|daya tahan",
        "unit:person_days": "hari kerja|hari orang|hok",
        "unit:trips": "perjalanan|kali perjalanan|kunjungan",
        "no": (
            "kali|jam|menit|bulan|hari|minggu|delegasi|peserta|wartawan|kriteria|solusi|tugas|"
            "program|gerakan|kelompok|etnis|dimensi|layanan|kebijakan|pejabat|keras|indikator|"
            "kader|halaman|kali lipat|orang anak|suku|tim|kamerad|target|konten|sasaran|pasal|"
            "tahap|cara|wilayah|anggota keluarga|bagian|unsur|lembaga"
        ),
        "group:poor": "miskin",
        "group:near_poor": "hampir miskin|rentan miskin|nyaris miskin",
        "group:exited": (
            "baru keluar dari kemiskinan|baru lepas dari kemiskinan|"
            "yang baru keluar dari kemiskinan|baru saja keluar dari kemiskinan"
        ),
        "group:ethnic_minority": (
            "etnis|dari etnis|suku|"
            "etnis minoritas|minoritas etnis|suku minoritas|kelompok minoritas|etnis khmer|"
            "minoritas"
        ),
        "group:social_protection": "perlindungan sosial",
        "group:business": "usaha rumah tangga|rumah tangga usaha|bisnis",
        "group:covid": "covid-19|covid|pandemi|wabah",
        "group:disaster": (
            "bencana|bencana alam|badai|banjir|kebakaran|topan|tornado|puting beliung|tanah longsor"
        ),
        "group:saline": "intrusi air asin|intrusi garam|air asin",
        "group:patients": (
            "pasien|pengobatan|pemeriksaan dan pengobatan medis|pengobatan medis|berobat|"
            "sakit parah"
        ),
        "group:students": "bersekolah|sekolah|keperluan sekolah",
        "group:freelance": "pekerja lepas|pekerja bebas",
        "group:meritorious": "berjasa",
        "of_plan": "dari rencana|rencana|dari target",
        "people": "populasi|penduduk|jumlah penduduk",
        "left": "tersisa|sisanya",
        "rate": "tingkat|angka|proporsi|persentase|rasio|laju|rasionya|angkanya|tingkatnya",
        "topic:poverty": (
            "tingkat kemiskinan|angka kemiskinan|tingkat rumah tangga miskin|"
            "proporsi rumah tangga miskin|persentase rumah tangga miskin|tingkat keluarga miskin|"
            "angka rumah tangga miskin|rasio rumah tangga miskin|rasio kemiskinan|"
            "persentase keluarga miskin|"
            "tingkat kemiskinan menurut standar kemiskinan multidimensi|"
            "tingkat kemiskinan menurut standar multidimensi"
        ),
        "topic:near_poverty": (
            "tingkat hampir miskin|angka hampir miskin|tingkat rumah tangga hampir miskin|"
            "proporsi rumah tangga hampir miskin|persentase rumah tangga hampir miskin|"
            "angka rumah tangga hampir miskin"
        ),
        "topic:multidimensional": (
            "tingkat kemiskinan multidimensi|angka kemiskinan multidimensi|"
            "tingkat kemiskinan multidimensional|angka kemiskinan multidimensional|"
            "kemiskinan multidimensi|tingkat rumah tangga miskin multidimensi"
        ),
        "topic:multidimensional dir:decrease": (
            "mengurangi kemiskinan multidimensi|menurunkan kemiskinan multidimensi|"
            "penurunan kemiskinan multidimensi|pengurangan kemiskinan multidimensi"
        ),
        "topic:both": (
            "tingkat kemiskinan dan hampir miskin|angka kemiskinan dan hampir miskin|"
            "tingkat rumah tangga miskin dan hampir miskin|"
            "persentase rumah tangga miskin dan hampir miskin|"
            "proporsi rumah tangga miskin dan hampir miskin"
        ),
        "topic:poverty_line": "garis kemiskinan|standar kemiskinan",
        "topic:near_poverty_line": "garis hampir miskin|standar hampir miskin",
        "topic:income": "pendapatan|penghasilan|pendapatan per kapita|pendapatan rata-rata",
        "topic:coverage": (
            "cakupan|memiliki akses|mendapat akses|menggunakan air|asuransi kesehatan|tercakup|"
            "memiliki kartu|air bersih"
        ),
        "topic:progress": (
            "dari rencana|tingkat pencairan|realisasi|tingkat penyerapan|mencapai target|"
            "rencana modal|pencairan mencapai"
        ),
        "share": (
            "mewakili|mencakup|setara|merupakan|atau|dengan porsi|porsi|sebanyak|setara dengan|"
            "atau setara|menyumbang|yang setara|terhitung|sebesar"
        ),
        "whole": "total|jumlah|dari total|dari jumlah|jumlah penduduk|populasi|dari seluruh",
        "act:support": (
            "memindahkan|diserahkan|diserahterimakan|berpartisipasi|ikut serta|mengikuti|"
            "mengirimkan|mengakses|dipindahkan|mendukung|didukung|membantu|dibantu|bantuan|"
            "dukungan|mendapat|menerima|memberikan|diberikan|santunan|menyantuni|tunjangan|"
            "subsidi|disalurkan kepada|pinjaman|meminjam|manfaat|dirawat|merawat|menyerahkan|"
            "menyumbangkan|menghadiahkan|memberi|penerima bantuan|memperoleh|membagikan|"
            "diserahkan kepada|partisipasi|pinjaman senilai"
        ),
        "act:train": "pelatihan kejuruan|pelatihan vokasi|pelatihan|dilatih|melatih",
        "act:exit": (
            "keluar dari daftar rumah tangga miskin|keluar dari daftar miskin|"
            "keluar dari daftar kemiskinan|keluar dari garis kemiskinan|bebas dari kemiskinan|"
            "tidak lagi miskin|mengentaskan diri dari kemiskinan|"
            "dihapus dari daftar rumah tangga miskin|"
            "keluar dari kemiskinan|lepas dari kemiskinan|terbebas dari kemiskinan|"
            "lolos dari kemiskinan|mengentaskan diri|terlepas dari kemiskinan"
        ),
        "act:exit_near": "keluar dari hampir miskin",
        "act:fallback": (
            "jatuh miskin kembali|jatuh miskin lagi|jatuh kembali miskin|kembali jatuh miskin|"
            "kembali miskin|jatuh kembali ke dalam kemiskinan|jatuh kembali ke kemiskinan|"
            "kemiskinan kembali"
        ),
        "act:new": (
            "jatuh miskin|jatuh ke dalam kemiskinan|baru tergolong miskin|tergolong miskin baru|"
            "baru jatuh miskin|miskin baru|kemiskinan baru"
        ),
        "act:jobs": (
            "lapangan kerja|lapangan pekerjaan|menciptakan lapangan kerja|"
            "penciptaan lapangan kerja|membuka pekerjaan|membuka lapangan kerja|"
            "menciptakan pekerjaan|kesempatan kerja|menyediakan pekerjaan|mempekerjakan|"
            "lapangan kerja bagi|dipekerjakan"
        ),
        "act:abroad": "bekerja di luar negeri|ke luar negeri",
        "act:build": (
            "pembangunan|membangun|dibangun|mendirikan|rumah baru|membangun rumah baru|"
            "pembangunan baru"
        ),
        "act:repair": "perbaikan|memperbaiki|diperbaiki|renovasi|merenovasi|direnovasi",
        "act:build_or_repair": (
            "membangun dan memperbaiki|pembangunan dan perbaikan|"
            "membangun atau memperbaiki|dibangun dan diperbaiki|menghapus|penghapusan rumah|"
            "membangun dan merenovasi|membangun baru dan memperbaiki|menghilangkan|"
            "dibangun atau diperbaiki|membangun baru atau memperbaiki"
        ),
        "act:start": (
            "masih dalam pembangunan|dalam pembangunan|dalam tahap pembangunan|mulai dikerjakan|"
            "sedang dalam pembangunan|masih dibangun|"
            "sedang dikerjakan|dikerjakan|memulai pembangunan|peletakan batu pertama|"
            "mulai dibangun|sedang dibangun"
        ),
        "act:remain": (
            "belum selesai|belum rampung|belum dikerjakan|harus diganti|belum dimulai|"
            "masih harus dibangun|tersisa|belum dibangun|sisanya"
        ),
        "money:budget": (
            "rencana modal|"
            "total anggaran|anggaran|total modal|modal|total dana|dana|modal investasi|"
            "total investasi|investasi|sumber daya|anggaran pusat|total pendanaan|pendanaan"
        ),
        "money:allocated": "mengalokasikan|dialokasikan|alokasi",
        "money:disbursed": (
            "menyalurkan|disalurkan|mencairkan|dicairkan|pencairan|menghabiskan|penyaluran|"
            "dibelanjakan|tersalurkan|membelanjakan|terserap|menyerap"
        ),
        "money:mobilised": (
            "memobilisasi|dimobilisasi|mengumpulkan|terkumpul|menghimpun|menggalang|dihimpun|"
            "mobilisasi|sumbangan|menerima sumbangan|penggalangan|menyumbang"
        ),
        "money:loan": (
            "pinjaman|kredit|saldo pinjaman|pinjaman terutang|total pinjaman|meminjam|"
            "sisa pinjaman|modal pinjaman|kredit preferensial|saldo kredit"
        ),
        "money:value": (
            "biaya|total biaya|senilai|bernilai|dengan nilai|nilai|sejumlah|dengan jumlah|uang|"
            "dengan total|dengan biaya"
        ),
        "rice": "beras",
        "dir:decrease": (
            "turun|menurun|penurunan|berkurang|pengurangan|menurunkan|mengurangi|berkurangnya|"
            "susut|menyusut|menurunnya|penurunannya|lebih sedikit|diturunkan|lebih rendah|"
            "merosot|terpangkas"
        ),
        "dir:increase": (
            "naik|meningkat|peningkatan|kenaikan|bertambah|menaikkan|meningkatkan|lebih tinggi|"
            "lebih banyak|tumbuh|pertumbuhan"
        ),
        "to": (
            "menjadi|tinggal|hingga|ke|mencapai|tersisa|ke level|sampai|masih|hanya|adalah|"
            "ke angka|sekarang"
        ),
        "by": "sebesar|sebanyak|lagi",
        "from": "dari|semula|dari semula|dari angka",
        "vs": (
            "dibandingkan|dibanding|dibandingkan dengan|dibanding dengan|dari tahun sebelumnya|"
            "daripada"
        ),
        "than": "lebih rendah|lebih tinggi|lebih sedikit|lebih banyak",
        "avg": "rata-rata|secara rata-rata",
        "per:year": (
            "per tahun|setiap tahun|tiap tahun|tahunan|pertahun|/tahun|setahun|setiap tahunnya|"
            "dalam setahun"
        ),
        "per:month": "per bulan|setiap bulan|tiap bulan|bulanan|/bulan|sebulan",
        "per:each": (
            "per rumah|per keluarga|per rumah tangga|per orang|setiap rumah tangga|"
            "setiap keluarga|masing-masing|/rumah tangga|/orang|/rumah|per kapita|setiap rumah|"
            "per unit|setiap orang|per paket|/unit|/kk|per kk|/keluarga|setiap model|per model|"
            "per komune"
        ),
        "qual:about": "sekitar|kira-kira|kurang lebih|lebih kurang|kisaran",
        "qual:nearly": "hampir|mendekati|nyaris",
        "qual:more_than": "lebih dari|lebih|melebihi|di atas|melampaui",
        "qual:below": "di bawah|kurang dari|tidak sampai|belum mencapai",
        "qual:at_least": (
            "minimal|sedikitnya|setidaknya|paling sedikit|sekurang-kurangnya|paling tidak|"
            "minimum|tidak kurang dari"
        ),
        "qual:at_most": "maksimal|paling banyak|maksimum|tidak lebih dari|tidak melebihi",
        "after:at_least": "atau lebih|ke atas|keatas",
        "after:more_than": "lebih",
        "after:at_most": "atau kurang|ke bawah",
        "kind:target": (
            "berupaya|target|menargetkan|ditargetkan|bertujuan|bertekad|berusaha|sasaran|"
            "berjuang|tujuan|berkomitmen|upaya menurunkan|direncanakan|berencana|menetapkan|"
            "mengusulkan target|ditetapkan"
        ),
        "kind:forecast": (
            "diperkirakan|diproyeksikan|diharapkan|perkiraan|perkiraannya|proyeksi|memperkirakan|"
            "diprediksi|memproyeksikan|diestimasi|estimasi|diantisipasi"
        ),
        "kind:norm": (
            "minimal|minimum|standar|ketentuan|syaratnya|norma|tingkat dukungan|besaran bantuan|"
            "garis kemiskinan|standar kemiskinan|garis hampir miskin"
        ),
        "kind:actual": "telah|sudah|saat ini|tercatat|hingga kini|sampai saat ini",
        "aim": (
            "harus|ingin|menjamin|memastikan|bermaksud|hendak|berniat|wajib|tidak boleh|"
            "diharuskan|diwajibkan|tidak boleh melebihi|dipatok|mematok|rencana|rencananya"
        ),
        "plan": "program|rencana|resolusi|proyek|standar",
        "kind:none": (
            "melampaui rencana|melebihi rencana|melampaui target|mencapai target|"
            "melampaui sasaran|memenuhi target|program target nasional|target nasional|"
            "program sasaran nasional|sasaran nasional|melebihi target|semua sasaran|"
            "di atas target|target yang ditetapkan|rencana pembangunan|dari target|dari rencana|"
            "memenuhi dan melampaui target|mencapai tujuan|tercapainya target"
        ),
        "role:total": (
            "total|total anggaran|secara keseluruhan|seluruhnya|jumlah total|totalnya|total dana|"
            "dengan total"
        ),
        "role:list": (
            "termasuk|meliputi|terdiri dari|terdiri atas|sebagai berikut|yaitu|yakni|mencakup|"
            "rinciannya"
        ),
        "role:of_which": (
            "di antaranya|diantaranya|di mana|antara lain|dari jumlah tersebut|dari jumlah itu|"
            "yang di antaranya|khususnya"
        ),
        "link": "dengan|setara dengan|atau|sama dengan|artinya|setara|yang setara dengan",
        "these": (
            "jumlah ini|angka ini|angka-angka ini|angka tersebut|jumlah tersebut|tingkat ini|"
            "angka itu|persentase ini|jumlah itu|rasionya|rasio itu"
        ),
        "part_of": "dari|dari total|dari jumlah|dari seluruh|dari rencana",
        "act:finish": "menyelesaikan|diselesaikan|rampung|selesai|diserahterimakan|diresmikan",
        "reduction": (
            "pengurangan kemiskinan|penurunan kemiskinan|mengurangi kemiskinan|"
            "menurunkan kemiskinan|laju penurunan kemiskinan"
        ),
        "for_every": "dari setiap|setiap|dari tiap",
        "respectively": "masing-masing|berturut-turut|secara berturut-turut",
        "t:year": "tahun",
        "t:month": "bulan",
        "t:quarter": "kuartal|triwulan",
        "t:end": "akhir tahun|akhir|penghujung tahun|penghujung",
        "t:year_end": "akhir tahun",
        "t:start": "awal tahun|awal",
        "t:mid": "pertengahan tahun|pertengahan",
        "t:first": "bulan pertama|bulan pertama tahun",
        "t:half": "paruh pertama|semester pertama|semester i",
        "t:this_year": "tahun ini",
        "t:end t:this_year": (
            "akhir tahun ini|penghujung tahun ini|pengujung tahun ini|"
            "dari sekarang hingga akhir tahun|sampai akhir tahun ini|hingga akhir tahun ini"
        ),
        "t:last_year": "tahun lalu|tahun kemarin|setahun terakhir",
        "t:end t:last_year": (
            "akhir tahun lalu|akhir tahun kemarin|penghujung tahun lalu|pengujung tahun lalu"
        ),
        "t:start t:last_year": "awal tahun lalu",
        "t:previous_year": "tahun sebelumnya|setahun sebelumnya",
        "t:end t:previous_year": "akhir tahun sebelumnya",
        "vs t:previous_year": "periode yang sama tahun lalu|periode yang sama tahun sebelumnya",
        "t:the_year": "sepanjang tahun|selama tahun|dalam satu tahun|dalam tahun",
        "t:from t:start": "sejak awal tahun|dari awal tahun|sejak awal tahun ini",
        "review": (
            "peninjauan|hasil tinjauan|tinjauan|pendataan|hasil survei|hasil pendataan|meninjau"
        ),
        "t:next_year": "tahun depan|tahun mendatang",
        "t:period": (
            "periode|kurun waktu|masa|fase|tahap|sepanjang|jangka waktu|dalam kurun|selama"
        ),
        "t:to": "hingga|sampai|sampai dengan|-|s/d|ke",
        "t:asof": "per|hingga|sampai|terhitung|per tanggal|hingga tanggal|sampai tanggal",
        "t:from": (
            "dari tahun|sejak|sejak tahun|dari|mulai|antara tahun|antara|setelah tahun|setelah"
        ),
        "t:now": "saat ini|hingga kini|sekarang|sampai saat ini|sejauh ini|kini",
        "t:day": "tanggal|pada|pada tanggal",
        "month:1": "januari|jan",
        "month:2": "februari|feb|pebruari",
        "month:3": "maret",
        "month:4": "april",
        "month:5": "mei",
        "month:6": "juni",
        "month:7": "juli",
        "month:8": "agustus",
        "month:9": "september",
        "month:10": "oktober",
        "month:11": "november|nopember",
        "month:12": "desember",
        "id": (
            "nomor|no|no.|pasal|ayat|resolusi|keputusan|peraturan|dekrit|surat edaran|program|"
            "proyek|telepon|telp|tahap|zona|wilayah|kelas|keputusan no|resolusi no|"
            "resolusi nomor|keputusan nomor|dekrit nomor|subproyek|sub-proyek|kongres|sidang|"
            "covid|jalan raya|tingkat|ke|komponen|undang-undang|kode|halaman|foto|gambar|area|"
            "usia|berusia|umur|berumur|sesi|arahan|peringkat|pameran|instruksi"
        ),
        "count": "sebanyak|sejumlah|berjumlah|jumlah|jumlahnya",
        "docdate": "tertanggal|tanggal",
        "dob": "lahir|lahir tahun",
        "age": "berusia|usia|umur|berumur",
        "skip": (
            "penanggulangan kemiskinan|pengentasan kemiskinan|pengurangan kemiskinan|"
            "untuk kaum miskin|untuk orang miskin|bagi kaum miskin|dana untuk kaum miskin|"
            "bagi orang miskin|pemberantasan kemiskinan|penurunan kemiskinan|"
            "pengurangan kemiskinan berkelanjutan|mengurangi kemiskinan|menurunkan kemiskinan|"
            "model pengentasan|tidak seorang pun|salah satu|satu sama lain|sumber daya manusia|"
            "sumber daya alam|perdana menteri|komite rakyat|wakil kepala|rumah sakit|sekolah|"
            "standar hidup|dewan rakyat|lebih baik|lebih lanjut|lebih jauh|lebih proaktif|"
            "lebih kuat|lebih besar|lebih tinggi|daripada|hingga akar rumput|wakil ketua|"
            "menjadi lebih|dalam negeri|modal kerja|tingkat kabupaten|tingkat provinsi|"
            "tingkat kecamatan|tingkat akar rumput|semua tingkatan|dana pendamping|"
            "distrik miskin|kabupaten miskin|komune miskin|desa miskin|daerah miskin|"
            "wilayah miskin|tujuan pembangunan berkelanjutan|pada intinya|orang tua"
        ),
        "place:province": "provinsi|kota|prov.|kota besar",
        "place:district": "distrik|kabupaten|kota|kab.|kota kecil",
        "place:commune": "komune|kecamatan|kelurahan|komunitas|desa|kota kecil",
        "place:country": (
            "seluruh negeri|secara nasional|seluruh vietnam|tingkat nasional|di seluruh negeri|"
            "skala nasional|seluruh negara"
        ),
        "whole:province": (
            "seluruh provinsi|provinsi ini|seantero provinsi|tingkat provinsi|"
            "kemiskinan provinsi|di seluruh provinsi|di provinsi ini"
        ),
        "whole:district": (
            "seluruh distrik|seluruh kabupaten|distrik ini|kabupaten ini|distrik tersebut|"
            "seantero distrik"
        ),
        "whole:commune": (
            "seluruh komune|komune ini|komune tersebut|seluruh kecamatan|kecamatan ini"
        ),
        "sum": "kedua kelompok|kedua golongan|keduanya|total kedua kelompok",
        "set_amount": "tingkat dukungan|besaran bantuan|besaran dukungan|norma",
        "weak_topic": "kemiskinan",
    },
)
